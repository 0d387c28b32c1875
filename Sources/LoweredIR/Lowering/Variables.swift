/// The slots of a body: its arguments, what it assigns, and what lowering adds.
struct Variables {
  private var slots: [String: Int]
  private let argumentCount: Int
  private var temporaryCount = 0
  private(set) var locals: [String] = []
  /// Whether an assignment stands among the operands of a call. Then a slot that is an operand must be read before later
  /// operands are evaluated; else it may be read by the call.
  private(set) var assignsWithinOperands = false

  init(arguments: [String]) {
    slots = [:]
    slots.reserveCapacity(arguments.count)
    for (slot, name) in arguments.enumerated() { slots[name] = slot }
    argumentCount = arguments.count
  }

  /// The slot of that name, if there is one; else it is global.
  func slot(_ name: String) -> Int? { slots[name] }

  /// Adds a local that no program can name by an identifier.
  mutating func makeTemporary() -> Int {
    var name: String
    repeat {
      temporaryCount += 1
      name = "#\(temporaryCount)"
    } while slots[name] != nil
    locals.append(name)
    return argumentCount + locals.count - 1
  }

  /// Adds locals for all names that the syntax assigns, in their order.
  mutating func collect(_ syntax: Syntax) { collect(syntax, isOperand: false) }

  private mutating func collect(_ syntax: Syntax, isOperand: Bool) {
    guard case .form(let head, let parts) = syntax else { return }
    switch head {
    case "quote":
      for part in parts { collectInterpolations(part, quotes: 1) }
      return
    case "=", "for":
      if case .name(let name)? = parts.first { declare(name) }
      if isOperand { assignsWithinOperands = true }
    default: break
    }
    for part in parts { collect(part, isOperand: isOperand || head == "call") }
  }

  private mutating func collectInterpolations(_ syntax: Syntax, quotes: Int) {
    guard case .form(let head, let parts) = syntax else { return }
    let inner = head == "quote" ? quotes + 1 : head == "$" ? quotes - 1 : quotes
    for part in parts {
      if inner == 0 { collect(part, isOperand: true) } else { collectInterpolations(part, quotes: inner) }
    }
  }

  private mutating func declare(_ name: String) {
    guard slots[name] == nil else { return }
    locals.append(name)
    slots[name] = argumentCount + locals.count - 1
  }
}

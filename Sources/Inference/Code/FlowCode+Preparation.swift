import LoweredIR
import StagedHost

/// What names mean in one world, as elements of the lattice; remembered by name. Of one interpreter's thread.
final class Meanings {
  let view: WorldView
  @exclusivity(unchecked) private var known: [String: Meaning] = [:]
  /// Those that were asked for last: each has one place, found without a dictionary's hash function.
  @exclusivity(unchecked) private var recent = [Meaning?](repeating: nil, count: size)
  private static let size = 1 << 9
  /// What the bindings of the last code were marked with.
  @exclusivity(unchecked) fileprivate var mark = 0

  init(in view: WorldView) { self.view = view }

  func callAsFunction(_ name: String) -> Meaning {
    let place = Meanings.place(of: name)
    if let meaning = recent[place], meaning.name == name { return meaning }
    let meaning = known[name] ?? make(name)
    recent[place] = meaning
    return meaning
  }

  private static func place(of name: String) -> Int {
    var place: UInt = 0
    for byte in name.utf8 { place = (place ^ UInt(byte)) &* 0x0100_0000_01b3 }
    return Int(truncatingIfNeeded: place ^ place >> 20) & (size - 1)
  }

  private func make(_ name: String) -> Meaning {
    let meaning =
      switch view.meaningAsked(of: name) {
      case .predeclared(let value): Meaning(name, LatticeElement(value: value), canChange: false, isFunction: false)
      case .bound(let value): Meaning(name, LatticeElement(value: value), canChange: true, isFunction: false)
      case .genericFunction: Meaning(name, LatticeElement(.function(name)), canChange: true, isFunction: true)
      case .nothing: Meaning(name, .bottom, canChange: true, isFunction: false)
      }
    known[name] = meaning
    return meaning
  }
}

/// What a name means in one world.
final class Meaning {
  let name: String
  let element: LatticeElement
  /// Whether the name could mean something else in another world.
  let canChange: Bool
  /// Whether it is a generic function: that cannot change while it is called.
  let isFunction: Bool
  /// What a result rests on that uses it, once one does.
  var dependency: Dependency?
  var mark = 0

  init(_ name: String, _ element: LatticeElement, canChange: Bool, isFunction: Bool) {
    self.name = name
    self.element = element
    self.canChange = canChange
    self.isFunction = isFunction
  }
}

extension Statement {
  /// Whether the next statement follows, and nothing else can.
  fileprivate var goesOn: Bool {
    switch self {
    case .value, .assign: true
    case .goto, .gotoIfNot, .return: false
    }
  }
}

extension FlowCode {
  /// Prepares code that is well formed. Linear in its size.
  convenience init(_ code: LoweredCode, _ meanings: Meanings) {
    var preparation = FlowPreparation(code, meanings)
    preparation.prepare()
    self.init(
      statements: preparation.statements, blocks: preparation.blocks, arguments: preparation.arguments,
      constants: preparation.constants, bindings: preparation.bindings, distantUses: preparation.distantUses, of: code)
  }
}

private struct FlowPreparation {
  let code: LoweredCode
  let slotCount: Int32
  let meanings: Meanings
  /// What this code's bindings are marked with.
  let mark: Int
  var statements: [FlowStatement] = []
  var blocks: [FlowCode.Block] = []
  var arguments: [FlowOperand] = []
  var constants: [LatticeElement] = []
  var bindings: [Meaning] = []
  var distantUses: [Int32: [Int32]] = [:]
  private var lastCallee: Meaning?
  /// The block of each statement; empty if there is just one, and so no jump.
  private var blockOf: [Int32] = []

  init(_ code: LoweredCode, _ meanings: Meanings) {
    self.code = code
    slotCount = Int32(code.slotCount)
    self.meanings = meanings
    meanings.mark += 1
    mark = meanings.mark
  }

  mutating func prepare() {
    formBlocks()
    statements.reserveCapacity(code.statements.count)
    arguments.reserveCapacity(4 * code.statements.count)
    constants.reserveCapacity(3 * code.statements.count)
    for (position, statement) in code.statements.enumerated() {
      statements.append(prepared(statement, at: position))
    }
  }

  private mutating func formBlocks() {
    if case .return? = code.statements.last, code.statements.dropLast().allSatisfy(\.goesOn) {
      blocks = [FlowCode.Block(start: 0, end: Int32(code.statements.count))]
      return
    }
    var starts = [Bool](repeating: false, count: code.statements.count + 1)
    starts[0] = true
    for (position, statement) in code.statements.enumerated() {
      switch statement {
      case .goto(let target), .gotoIfNot(_, let target):
        starts[target] = true
        starts[position + 1] = true
      case .return: starts[position + 1] = true
      case .value, .assign: break
      }
    }
    blockOf.reserveCapacity(code.statements.count)
    for position in code.statements.indices {
      if starts[position] { blocks.append(FlowCode.Block(start: Int32(position), end: Int32(position))) }
      blocks[blocks.count - 1].end += 1
      blockOf.append(Int32(blocks.count - 1))
    }
  }

  private mutating func prepared(_ statement: Statement, at position: Int) -> FlowStatement {
    let block = blockOf.isEmpty ? 0 : blockOf[position]
    switch statement {
    case .value(let expression): return prepared(expression, slot: -1, block)
    case .assign(let slot, let expression): return prepared(expression, slot: Int32(slot), block)
    case .goto(let target): return .goto(block: blockOf[target])
    case .gotoIfNot(let condition, let target):
      return .branch(
        operand(condition, block), otherwise: blockOf[target], refinement: refinement(by: condition, at: position))
    case .return(let result): return .return(operand(result, block))
    }
  }

  private mutating func prepared(_ expression: Expression, slot: Int32, _ block: Int32) -> FlowStatement {
    switch expression {
    case .operand(let source): return .move(operand(source, block), slot: slot)
    case .call(let callee, let operands):
      let target = self.callee(callee, block)
      let first = Int32(arguments.count)
      for operand in operands { arguments.append(self.operand(operand, block)) }
      return .call(target, first: first, count: Int32(operands.count), slot: slot)
    }
  }

  /// A callee: that a name is a generic function cannot change, so nothing depends on its binding.
  private mutating func callee(_ callee: Operand, _ block: Int32) -> FlowOperand {
    guard case .global(let name) = callee else { return operand(callee, block) }
    // Nearly all calls of a rewritten source have the same callee.
    let meaning: Meaning
    if let last = lastCallee, last.name == name { meaning = last } else { meaning = meanings(name) }
    lastCallee = meaning
    return meaning.isFunction ? add(meaning.element) : global(meaning)
  }

  private mutating func operand(_ operand: Operand, _ block: Int32) -> FlowOperand {
    switch operand {
    case .ssa(let number):
      // Uses come in the order of blocks.
      if !blockOf.isEmpty, blockOf[number] != block, distantUses[Int32(number)]?.last != block {
        distantUses[Int32(number), default: []].append(block)
      }
      return FlowOperand(number: slotCount + Int32(number))
    case .slot(let number): return FlowOperand(number: Int32(number))
    case .global(let name): return global(meanings(name))
    case .literal(.type(let expression)):
      expression.forEachName { use(meanings($0)) }
      return add((try? meanings.view.resolve(expression)).map { LatticeElement(value: .type($0)) } ?? .bottom)
    case .literal(let literal): return add((try? Value(literal)).map { LatticeElement(value: $0) } ?? .bottom)
    }
  }

  private mutating func use(_ meaning: Meaning) {
    guard meaning.canChange, meaning.mark != mark else { return }
    meaning.mark = mark
    bindings.append(meaning)
  }

  private mutating func global(_ meaning: Meaning) -> FlowOperand {
    use(meaning)
    return add(meaning.element)
  }

  private mutating func add(_ element: LatticeElement) -> FlowOperand {
    constants.append(element)
    return FlowOperand(number: -Int32(constants.count))
  }

  /// What a branch says about a slot: its condition is a test of the slot in the same block, and the slot is not assigned in
  /// between.
  private func refinement(by condition: Operand, at position: Int) -> Refinement? {
    guard case .ssa(let number) = condition, blockOf[number] == blockOf[position],
      case .call(let callee, let first, 2, let assigned) = statements[number], callee.number < 0,
      case .builtin(let test)? = constants[Int(-1 - callee.number)].constant
    else { return nil }
    let (subject, constant) = (arguments[Int(first)].number, arguments[Int(first) + 1].number)
    guard subject >= 0, subject < slotCount, constant < 0, assigned != subject else { return nil }
    for between in number + 1..<position {
      switch statements[between] {
      case .move(_, subject), .call(_, _, _, subject): return nil
      default: break
      }
    }
    switch test {
    case .isA, .identical, .notIdentical:
      return Refinement(
        slot: subject, constant: constant, isIdentity: test != .isA, isNegated: test == .notIdentical)
    default: return nil
    }
  }
}

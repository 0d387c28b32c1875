import LoweredIR

/// A reproducible sequence (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }
}

/// Makes valid values of all shapes, odd names and numbers included.
struct RandomCode {
  private var generator: SeededGenerator

  init(seed: Int) { generator = SeededGenerator(state: UInt64(seed)) }

  private static let names = [
    "f", "x", "y", "if", "end", "goto", "unless", "code", "return", "true", "nothing", "push!", "x!", "#1", "#callee",
    "+",
    "-", "!", "===", "<:", "÷", "//", "colon", "tuple", "vector", "getindex", "getfield", "apply_type", "setindex!",
    "=",
    "&&", "$", "...", ":", "::", "(", "", " ", "a b", "\"", "\\", "\n", "naïve", "nai\u{308}ve", "日本", "1x", "var",
    "typeof",
    "typeof(sin)", "typeof(+)", "typeof()", "typeof(a b)", "Union", "Tuple", "Int64", "Complex", "_", "__", "é", "#",
    "@x",
    "a\tb", "\r", "\u{1F600}", "x_1", "quote", "begin", "table", "overlay",
  ]

  private static let heads = [
    "call", "call", "call", "=", "block", "block", "if", "if", "while", "for", "break", "continue", "return", "&&",
    "||",
    "quote", "$", "...", "odd",
  ]

  private static let functions = [
    "+", "-", "!", "^", "==", "<:", "colon", "getindex", "getfield", "tuple", "vector", "apply_type", "setindex!", "f",
    "÷", "*",
  ]

  private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

  private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  mutating func name() -> String { below(3) == 0 ? pick(["a", "b", "c", "d"]) : pick(RandomCode.names) }

  mutating func names(upTo count: Int, except taken: [String] = []) -> [String] {
    var names: [String] = []
    for _ in 0..<below(count + 1) {
      let name = name()
      if !names.contains(name), !taken.contains(name) { names.append(name) }
    }
    return names
  }

  mutating func type(_ depth: Int = 3) -> TypeExpression {
    let parts = depth == 0 ? [] : (0..<below(3)).map { _ in type(depth - 1) }
    switch below(8) {
    case 0: return .integer(integer())
    case 1: return .union(parts)
    case 2: return .tuple(parts, tail: below(2) == 0 || depth == 0 ? nil : type(depth - 1))
    default: return .nominal(name(), parts)
    }
  }

  private mutating func integer() -> Int64 {
    switch below(4) {
    case 0: pick([.min, .max, -1, 22, 23, 24, 0])
    case 1: Int64(bitPattern: generator.next())
    default: Int64(below(40)) - 10
    }
  }

  private mutating func float() -> UInt64 {
    switch below(4) {
    case 0: generator.next()
    case 1: pick([.nan, .infinity, -.infinity, 0.0, -0.0, .leastNonzeroMagnitude, 1e300, 1e16, 1e15, 1e-5]).bitPattern
    default: (Double(below(100)) / 4 - 5).bitPattern
    }
  }

  mutating func literal(_ depth: Int = 3) -> Literal {
    switch below(12) {
    case 0: .nothing
    case 1: .bool(below(2) == 0)
    case 2, 3, 4: .int(integer())
    case 5, 6: .float(bits: float())
    case 7: .string(name())
    case 8, 9: .symbol(name())
    case 10: .type(type(depth))
    default: .syntax(syntax(depth))
    }
  }

  mutating func syntax(_ depth: Int = 4) -> Syntax {
    switch depth == 0 ? below(2) : below(5) {
    case 0: return .name(name())
    case 1: return .literal(literal(Swift.max(0, depth - 1)))
    default:
      let head = pick(RandomCode.heads)
      var parts = (0..<below(4)).map { _ in syntax(depth - 1) }
      if head == "call", below(2) == 0 { parts.insert(.name(pick(RandomCode.functions)), at: 0) }
      if head == "=" || head == "for", !parts.isEmpty, below(2) == 0 { parts[0] = .name(name()) }
      return .form(below(30) == 0 ? name() : head, parts)
    }
  }

  /// Valid code of up to so many statements.
  mutating func code(upTo count: Int = 12) -> LoweredCode {
    let arguments = names(upTo: 4)
    let locals = names(upTo: 4, except: arguments)
    var code = LoweredCode(
      arguments: arguments, isVararg: !arguments.isEmpty && below(3) == 0, locals: locals, statements: [],
      methodForInferenceLimitHeuristics: below(3) == 0 ? name() : nil)
    let total = 1 + below(count)
    var values: [Int] = []
    for position in 0..<total {
      let isLast = position == total - 1
      let statement = statement(position, of: total, slots: code.slotCount, values: values, isLast: isLast)
      switch statement {
      case .value, .assign: values.append(position)
      case .goto, .gotoIfNot, .return: break
      }
      code.statements.append(statement)
    }
    return code
  }

  private mutating func statement(
    _ position: Int, of count: Int, slots: Int, values: [Int], isLast: Bool
  ) -> Statement {
    let kind = isLast ? below(2) : below(10)
    switch kind {
    case 0: return .return(operand(slots: slots, values: values))
    case 1: return .goto(below(count))
    case 2: return .gotoIfNot(operand(slots: slots, values: values), below(count))
    case 3, 4, 5:
      let expression = expression(slots: slots, values: values)
      return slots == 0 ? .value(expression) : .assign(slot: below(slots), expression)
    default: return .value(expression(slots: slots, values: values))
    }
  }

  private mutating func expression(slots: Int, values: [Int]) -> Expression {
    if below(4) == 0 { return .operand(operand(slots: slots, values: values)) }
    let callee = operand(slots: slots, values: values)
    return .call(callee, (0..<below(5)).map { _ in operand(slots: slots, values: values) })
  }

  private mutating func operand(slots: Int, values: [Int]) -> Operand {
    switch below(4) {
    case 0 where !values.isEmpty: .ssa(pick(values))
    case 1 where slots > 0: .slot(below(slots))
    case 2: .literal(literal())
    default: .global(name())
    }
  }

  /// Some change of the bytes: a flip, an insertion, a removal or an end.
  mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...below(3) where !bytes.isEmpty {
      let index = below(bytes.count)
      switch below(5) {
      case 0: bytes.removeSubrange(index...)
      case 1: bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: index)
      case 2: bytes.remove(at: index)
      case 3: bytes[index] = UInt8(truncatingIfNeeded: generator.next())
      default: bytes[index] ^= 1 << UInt8(below(8))
      }
    }
    return bytes
  }
}

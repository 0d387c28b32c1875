import LoweredIR

/// Makes lowered code that no program text gives: jumps anywhere, SSA values used in other blocks than their own, slots that may not be
/// assigned. Each jump burns fuel.
struct RandomFlow {
  private var random: SeededGenerator
  private var statements: [Statement] = []

  init(seed: UInt64) { random = SeededGenerator(state: seed &* 0xd134_2543_de82_ef95) }

  /// Methods `f0` and so on of a count and a value.
  mutating func definitions(_ count: Int) -> [Definition] {
    (0..<count).map { number in
      .method(
        MethodDefinition(
          callee: .function("f\(number)"), parameterTypes: [.any, .any], code: code(calling: count),
          location: SourceLocation(file: "flow.ir", line: number, column: 1)))
    }
  }

  private mutating func code(calling count: Int) -> LoweredCode {
    statements = [.value(.call(.global("burn"), []))]
    let length = 8 + random.below(24)
    while statements.count < length {
      switch random.below(10) {
      case 0, 1, 2, 3:
        let expression = expression(count)
        statements.append(random.oneIn(2) ? .assign(slot: random.below(4), expression) : .value(expression))
      case 4: statements.append(.assign(slot: random.below(4), .operand(operand())))
      case 5:
        statements.append(.value(.call(.global("burn"), [])))
        statements.append(.goto(random.below(length)))
      case 6: statements.append(.return(operand()))
      default:
        statements.append(.value(.call(.global("burn"), [])))
        statements.append(.value(test()))
        statements.append(.gotoIfNot(.ssa(statements.count - 1), random.below(length)))
      }
    }
    statements.append(.return(operand()))
    moveTargets()
    return LoweredCode(arguments: ["n", "x"], locals: ["a", "b"], statements: statements)
  }

  /// No jump may go past the burning that belongs to another jump: else a loop need not end.
  private mutating func moveTargets() {
    func landing(_ target: Int) -> Int {
      let burns = statements[...target].lastIndex { $0 == .value(.call(.global("burn"), [])) } ?? 0
      let jumps = statements[burns...].firstIndex { statement in
        switch statement {
        case .goto, .gotoIfNot: true
        case .value, .assign, .return: false
        }
      }
      return burns > 0 && target <= jumps ?? 0 ? burns : target
    }
    for (number, statement) in statements.enumerated() {
      switch statement {
      case .goto(let target): statements[number] = .goto(landing(target))
      case .gotoIfNot(let condition, let target): statements[number] = .gotoIfNot(condition, landing(target))
      case .value, .assign, .return: break
      }
    }
  }

  private mutating func test() -> Expression {
    let type = Operand.literal(.type(.named(random.pick(["Int64", "Tuple", "Nothing", "Number", "Array", "Type"]))))
    switch random.below(5) {
    case 0, 1: return .call(.global("isa"), [operand(), type])
    case 2: return .call(.global("==="), [operand(), operand()])
    case 3: return .call(.global("!=="), [.slot(random.below(4)), .literal(.nothing)])
    default: return .call(.global("lt_int"), [.slot(0), .literal(.int(Int64(random.below(3))))])
    }
  }

  private mutating func expression(_ count: Int) -> Expression {
    switch random.below(9) {
    case 0: .call(.global("tuple"), [operand(), operand()])
    case 1: .call(.global("vector"), [operand()])
    case 2: .call(.global("toint"), [operand()])
    case 3: .call(.global("B1"), [operand()])
    case 4: .call(.global("typeof"), [operand()])
    case 5: .call(.global("_apply"), [.global("tuple"), .slot(random.below(4)), .slot(random.below(4))])
    case 6: .call(.global("add_int"), [.slot(0), .literal(.int(1))])
    case 7: .call(.global("totuple"), [operand()])
    default: .call(.global("f\(random.below(count))"), [.slot(0), operand()])
    }
  }

  /// Anything that may be there; mostly slots, for values may not have been computed.
  private mutating func operand() -> Operand {
    let values = statements.indices.filter { position in
      switch statements[position] {
      case .value, .assign: true
      case .goto, .gotoIfNot, .return: false
      }
    }
    switch random.below(8) {
    case 0, 1, 2: return .slot(random.below(random.oneIn(4) ? 4 : 2))
    case 3: return .literal(random.pick([.int(1), .nothing, .string("s"), .bool(true)]))
    default: return values.isEmpty ? .slot(1) : .ssa(random.pick(random.oneIn(2) ? values : values.suffix(4)))
    }
  }
}

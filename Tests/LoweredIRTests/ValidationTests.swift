import LoweredIR
import Testing

@Suite("Validation finds code that is not well formed")
struct ValidationTests {
  private static let done = Statement.return(.literal(.nothing))

  @Test(
    "The first fault is named with its statement",
    arguments: [
      ([], InvalidCode(.empty)),
      ([.value(.operand(.slot(0)))], InvalidCode(.fallsOffTheEnd, statement: 0)),
      ([.gotoIfNot(.slot(0), 0)], InvalidCode(.fallsOffTheEnd, statement: 0)),
      ([.return(.ssa(0))], InvalidCode(.undefinedValue(0), statement: 0)),
      ([done, .return(.ssa(1))], InvalidCode(.undefinedValue(1), statement: 1)),
      ([done, .return(.ssa(0))], InvalidCode(.undefinedValue(0), statement: 1)),
      ([.return(.ssa(-1))], InvalidCode(.undefinedValue(-1), statement: 0)),
      ([.return(.slot(2))], InvalidCode(.unknownSlot(2), statement: 0)),
      ([.return(.slot(-1))], InvalidCode(.unknownSlot(-1), statement: 0)),
      ([.assign(slot: 2, .operand(.slot(0))), done], InvalidCode(.unknownSlot(2), statement: 0)),
      ([.value(.call(.slot(0), [.slot(0), .slot(9)])), done], InvalidCode(.unknownSlot(9), statement: 0)),
      ([.goto(1)], InvalidCode(.unknownTarget(1), statement: 0)),
      ([.goto(-1)], InvalidCode(.unknownTarget(-1), statement: 0)),
      ([.gotoIfNot(.slot(0), 7), done], InvalidCode(.unknownTarget(7), statement: 0)),
    ] as [([Statement], InvalidCode)])
  func faults(_ statements: [Statement], _ error: InvalidCode) {
    let code = LoweredCode(arguments: ["x"], locals: ["y"], statements: statements)
    #expect(throws: error) { try code.validate() }
  }

  @Test("Slots have different names, and a vararg is one of the arguments")
  func slots() {
    #expect(throws: InvalidCode(.duplicateSlotName("x"))) {
      try LoweredCode(arguments: ["x"], locals: ["y", "x"], statements: [Self.done]).validate()
    }
    #expect(throws: InvalidCode(.varargWithoutArguments)) {
      try LoweredCode(arguments: [], isVararg: true, statements: [Self.done]).validate()
    }
  }

  @Test("What is lowered is valid", arguments: 0..<10)
  func lowered(_ seed: Int) throws {
    var random = RandomCode(seed: 5_000 + seed)
    var count = 0
    for _ in 0..<500 {
      guard let code = try? Lowering.lower(body: random.syntax(6), arguments: ["x", "y"]) else { continue }
      try code.validate()
      count += 1
    }
    #expect(count > 50)
  }
}

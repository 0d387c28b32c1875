import LoweredIR
import Testing

@Suite("The layout of code says what the code says, and is made once")
struct LayoutTests {
  @Test("Each statement can be read off the layout, whatever the code", arguments: 0..<20)
  func everyStatement(_ seed: Int) throws {
    var random = RandomCode(seed: 3_000 + seed)
    for _ in 0..<250 {
      let code = random.code()
      let layout = try code.layout()
      #expect(layout.statements.count == code.statements.count)
      for (laidOut, statement) in zip(layout.statements, code.statements) {
        #expect(layout.statement(laidOut) == statement, "\(code.text)")
      }
      #expect(layout.slotCount == code.slotCount)
      #expect(layout.argumentCount == code.arguments.count)
      #expect(layout.isVararg == code.isVararg)
    }
  }

  @Test("Blocks follow each other; control enters at their beginning and leaves at their end", arguments: 0..<10)
  func blocks(_ seed: Int) throws {
    var random = RandomCode(seed: 4_000 + seed)
    for _ in 0..<250 {
      let code = random.code(upTo: 30)
      let layout = try code.layout()
      #expect(layout.blocks.first?.start == 0)
      #expect(layout.blocks.last?.end == Int32(code.statements.count))
      for (block, next) in zip(layout.blocks, layout.blocks.dropFirst()) { #expect(block.end == next.start) }
      for block in layout.blocks {
        #expect(block.start < block.end)
        for position in block.start..<block.end - 1 {
          switch code.statements[Int(position)] {
          case .value, .assign: break
          case .goto, .gotoIfNot, .return: Issue.record("statement \(position) ends no block: \(code.text)")
          }
        }
      }
    }
  }

  @Test("Copies have one layout; a copy that was changed has its own, and the original keeps its")
  func sharing() throws {
    let code = LoweredCode(arguments: ["x"], statements: [.return(.slot(0))])
    let layout = try code.layout()
    var copy = code
    #expect(try copy.layout() === layout)
    copy.statements = [.return(.global("y"))]
    #expect(try copy.layout() !== layout)
    #expect(try copy.layout().constants == [.global(CodeLayout.Name("y"))])
    #expect(try code.layout() === layout)
    #expect(code.statements == [.return(.slot(0))])
  }

  @Test("A name that is used twice is listed once; one that is called is another thing than one that is passed")
  func constants() throws {
    let code = LoweredCode(
      arguments: ["x"],
      statements: [
        .value(.call(.global("f"), [.global("g"), .slot(0)])),
        .value(.call(.global("f"), [.global("f"), .global("g")])),
        .return(.ssa(1)),
      ])
    #expect(
      try code.layout().constants == [
        .callee(CodeLayout.Name("f")), .global(CodeLayout.Name("g")), .global(CodeLayout.Name("f")),
      ])
  }

  @Test("Code that is not well formed has no layout")
  func invalid() {
    let code = LoweredCode(arguments: ["x"], statements: [.goto(3)])
    #expect(throws: InvalidCode(.unknownTarget(3), statement: 0)) { try code.layout() }
  }
}

extension CodeLayout {
  /// What a statement of the layout was made of.
  fileprivate func statement(_ laidOut: FlowStatement) -> Statement {
    switch laidOut {
    case .move(let operand, -1): .value(.operand(self.operand(operand)))
    case .move(let operand, let slot): .assign(slot: Int(slot), .operand(self.operand(operand)))
    case .call(let callee, let first, let count, let slot):
      slot < 0 ? .value(call(callee, first, count)) : .assign(slot: Int(slot), call(callee, first, count))
    case .goto(let block): .goto(Int(blocks[Int(block)].start))
    case .branch(let condition, let otherwise, _):
      .gotoIfNot(operand(condition), Int(blocks[Int(otherwise)].start))
    case .return(let operand): .return(self.operand(operand))
    }
  }

  private func call(_ callee: FlowOperand, _ first: Int32, _ count: Int32) -> Expression {
    .call(operand(callee), arguments[Int(first)..<Int(first + count)].map(operand))
  }

  private func operand(_ operand: FlowOperand) -> Operand {
    if operand.number >= slotCount { return .ssa(Int(operand.number) - slotCount) }
    if operand.number >= 0 { return .slot(Int(operand.number)) }
    switch constant(Int(operand.number)) {
    case .callee(let name), .global(let name): return .global(name.text)
    case .literal(let literal): return .literal(literal)
    }
  }
}

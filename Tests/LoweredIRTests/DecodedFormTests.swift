import LoweredIR
import SourceCodec
import Testing

@Suite("Decoded code is the layout that statements would give, and says all that was encoded")
struct DecodedFormTests {
  @Test("The statements and names that are made when somebody asks are those that were encoded", arguments: 0..<20)
  func statements(_ seed: Int) throws {
    var random = RandomCode(seed: 5_000 + seed)
    for _ in 0..<250 {
      let code = random.code(upTo: 30)
      let decoded = try EncodedSource(code).open(LoweredCode.self)
      #expect(decoded.statementCount == code.statements.count && decoded.slotCount == code.slotCount)
      #expect(exactly(decoded.statements, code.statements), "\(code.text)")
      #expect(decoded.arguments.map(Bytes.init) == code.arguments.map(Bytes.init))
      #expect(decoded.locals.map(Bytes.init) == code.locals.map(Bytes.init))
      #expect(decoded.isVararg == code.isVararg)
      #expect(decoded.methodForInferenceLimitHeuristics == code.methodForInferenceLimitHeuristics)
      #expect(EncodedSource(decoded).payload == EncodedSource(code).payload)
    }
  }

  @Test("The layout that bytes give is the one that statements give", arguments: 0..<20)
  func layouts(_ seed: Int) throws {
    var random = RandomCode(seed: 6_000 + seed)
    for _ in 0..<250 {
      let code = random.code(upTo: 30)
      let made = try code.layout()
      let decoded = try EncodedSource(code).open(LoweredCode.self).layout()
      #expect(decoded.statements.map { "\($0)" } == made.statements.map { "\($0)" }, "\(code.text)")
      #expect(decoded.arguments.map(\.number) == made.arguments.map(\.number))
      #expect(decoded.constants == made.constants)
      #expect(decoded.blocks.map { [$0.start, $0.end] } == made.blocks.map { [$0.start, $0.end] })
      #expect(Array(decoded.distantUses) == Array(made.distantUses))
      #expect(decoded.slotCount == made.slotCount && decoded.argumentCount == made.argumentCount)
      #expect(decoded.isVararg == made.isVararg && decoded.methodForLimits == made.methodForLimits)
    }
  }

  @Test("The blocks in which a value is used elsewhere are listed, each once", arguments: 0..<10)
  func distantUses(_ seed: Int) throws {
    var random = RandomCode(seed: 7_000 + seed)
    for _ in 0..<250 {
      let code = random.code(upTo: 30)
      let layout = try code.layout()
      func block(of position: Int) -> Int {
        layout.blocks.firstIndex { Int($0.start) <= position && position < Int($0.end) } ?? -1
      }
      var expected: [Int: Set<Int>] = [:]
      for (position, statement) in code.statements.enumerated() {
        for case .ssa(let number) in statement.operands where block(of: number) != block(of: position) {
          expected[number, default: []].insert(block(of: position))
        }
      }
      for number in code.statements.indices {
        let found = layout.distantUses(of: Int32(number)).map { Int($0.block) }
        #expect(found == expected[number, default: []].sorted(), "\(code.text)")
      }
    }
  }

  @Test("Decoded code equals and hashes like built code, whoever is asked, and differs from other code")
  func equality() throws {
    var random = RandomCode(seed: 81)
    var previous: LoweredCode?
    for _ in 0..<500 {
      let code = random.code()
      let one: LoweredCode = try EncodedSource(code).open()
      let other: LoweredCode = try EncodedSource(code).open()
      #expect(one == code && code == one && one == other && one == one)
      #expect(one.hashValue == code.hashValue && other.hashValue == one.hashValue)
      if let previous { #expect((previous == one) == (previous == code)) }
      var changed = one
      changed.locals.append("a name that no slot has")
      #expect(changed != one && one == code)
      previous = code
    }
  }

  @Test("Threads that ask for the statements at once get the same")
  func threads() async throws {
    var random = RandomCode(seed: 82)
    for _ in 0..<50 {
      let code = random.code(upTo: 30)
      let bytes = EncodedSource(code)
      let decoded: LoweredCode = try bytes.open()
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<4 {
          group.addTask {
            let again = try? bytes.open(LoweredCode.self)
            return decoded.statements == code.statements && again == decoded
          }
        }
        for await isEqual in group { #expect(isEqual) }
      }
    }
  }

  @Test("Threads that decode at once, codes with new names among them, do not disturb each other")
  func decodingAtOnce() async {
    await withTaskGroup(of: Int.self) { group in
      for thread in 0..<8 {
        group.addTask {
          var random = RandomCode(seed: 90 + thread / 2)
          var wrong = 0
          for number in 0..<200 {
            var code = random.code(upTo: 30)
            // Two threads have the same names.
            code.locals += ["of thread \(thread / 2), \(number)", String(repeating: "long", count: 40) + "\(number)"]
            let decoded = try? EncodedSource(code).open(LoweredCode.self)
            if decoded != code { wrong += 1 }
          }
          return wrong
        }
      }
      for await wrong in group { #expect(wrong == 0) }
    }
  }
}

@Suite("Bytes that nobody vouches for are refused with the fault, or are the only bytes of their code")
struct HostileBytesTests {
  @Test("Bytes of code that is not well formed name the fault that validation finds first", arguments: 0..<10)
  func faults(_ seed: Int) throws {
    var random = RandomCode(seed: 9_000 + seed)
    var generator = SeededGenerator(state: UInt64(seed))
    var refused = 0
    for _ in 0..<500 {
      var code = random.code()
      for _ in 0..<Int.random(in: 1...2, using: &generator) { code.damage(using: &generator) }
      do throws(InvalidCode) {
        try code.validate()
        let decoded = try? EncodedSource(code).open(LoweredCode.self)
        #expect(decoded == code)
      } catch {
        refused += 1
        let failure = DecodingFailure(.invalidValue("\(error.problem), statement \(error.statement ?? 0)"), at: 0)
        #expect(throws: failure, "\(code)") { try EncodedSource(code).open(LoweredCode.self) }
      }
    }
    #expect(refused > 100)
  }

  @Test("Changed bytes of code are an error, or the bytes of other code", arguments: 0..<10)
  func mutations(_ seed: Int) throws {
    var random = RandomCode(seed: 10_000 + seed)
    for _ in 0..<1_000 {
      let bytes = random.mutate(EncodedSource(random.code()).payload)
      do throws(DecodingFailure) {
        let code = try EncodedSource(codec: LoweredCode.codec.description, payload: bytes).open(LoweredCode.self)
        #expect(EncodedSource(code).payload == bytes)
        #expect(throws: Never.self) { try code.validate() }
      } catch {
        #expect(error.offset <= bytes.count)
      }
    }
  }

  @Test("More names than a process keeps are names like others")
  func manyNames() throws {
    for round in 0..<3 {
      let names = (0..<4_000).map { "name \(round * 4_000 + $0)" } + [String(repeating: "long", count: 100)]
      let code = LoweredCode(arguments: names, statements: names.map { .value(.operand(.global($0))) } + [.goto(0)])
      for _ in 0..<2 { #expect(try EncodedSource(code).open(LoweredCode.self) == code) }
    }
  }
}

/// A text that equals only what has the same bytes.
private struct Bytes: Equatable {
  let bytes: [UInt8]

  init(_ text: String) { bytes = Array(text.utf8) }
}

/// Whether statements are equal, and their texts to the byte.
private func exactly(_ left: [Statement], _ right: [Statement]) -> Bool {
  left == right && "\(left)".utf8.elementsEqual("\(right)".utf8)
}

extension Statement {
  fileprivate var operands: [Operand] {
    switch self {
    case .value(.operand(let operand)), .assign(_, .operand(let operand)), .gotoIfNot(let operand, _),
      .return(let operand):
      [operand]
    case .value(.call(let callee, let operands)), .assign(_, .call(let callee, let operands)): [callee] + operands
    case .goto: []
    }
  }
}

extension LoweredCode {
  /// Makes one thing wrong, mostly: a slot, a target, a use, a slot's name, the end or the kind of the last argument.
  fileprivate mutating func damage(using generator: inout some RandomNumberGenerator) {
    let place = Int.random(in: statements.indices, using: &generator)
    let slot = slotCount + Int.random(in: 0..<3, using: &generator)
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: statements[place] = .assign(slot: slot, .operand(.slot(slot + 1)))
    case 1: statements[place] = .assign(slot: slot, .call(.slot(slot), []))
    case 2: statements[place] = .gotoIfNot(.slot(slot), statements.count + 7)
    case 3: statements[place] = .goto(-1 - slot)
    case 4: statements[place] = .value(.call(.global("f"), [place == 0 ? .slot(slot) : .ssa(place / 2), .slot(slot)]))
    case 5: locals += Array(arguments.prefix(1))
    case 6: statements[statements.count - 1] = .value(.operand(.literal(.nothing)))
    default:
      arguments = []
      isVararg = true
    }
  }
}

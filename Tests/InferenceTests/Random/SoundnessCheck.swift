import CacheSession
@testable import Inference
import LoweredIR
import Overlay
import SourceStore
import StagedHost

/// Runs and infers the calls of a random program, and says where a value is not in the inferred type.
struct SoundnessCheck {
  let host = Host(natives: [OverlayPass()]) { _ in }
  let session: CacheSession<LoweredCode>
  let interpreter: AbstractInterpreter
  var random: SeededGenerator
  /// What was found wrong.
  private(set) var failures: [String] = []
  /// Calls that gave values, and calls that raised errors.
  private(set) var values = 0
  private(set) var errors = 0
  /// Values of which inference knew more than nothing.
  private(set) var informative = 0
  let texts: [String]
  /// Whether the program has functions that give arguments.
  private let hasArguments: Bool
  private let calls: [(name: String, arity: Int)]

  /// A program of all kinds; `nil` if it is refused, for it may say what makes no sense.
  init?(seed: UInt64, withStore: Bool = false) throws {
    var program = RandomProgram(seed: seed)
    texts = program.definitions()
    calls = [("main", 0)] + program.functions + program.generated + program.functions
    random = SeededGenerator(state: seed ^ 0xabcd)
    hasArguments = true
    let definitions = try Program.parse(texts.joined(separator: "\n"), file: "random.ir")
    do {
      (session, interpreter) = try SoundnessCheck.prepare(host, definitions, withStore: withStore)
    } catch is DefinitionError {
      return nil
    }
  }

  /// Functions that call each other.
  init(recursion seed: UInt64) throws {
    var program = RandomRecursion(seed: seed)
    try self.init(try Program.parse(program.definitions(), file: "random.ir"), program.count, seed)
  }

  /// Functions whose code jumps anywhere.
  init(flow seed: UInt64) throws {
    var program = RandomFlow(seed: seed)
    try self.init(program.definitions(3), 3, seed)
  }

  private init(_ definitions: [Definition], _ count: Int, _ seed: UInt64) throws {
    texts = definitions.map(\.description)
    let all = (0..<count).map { (name: "f\($0)", arity: 2) }
    calls = all + all
    random = SeededGenerator(state: seed ^ 0xabcd)
    hasArguments = false
    (session, interpreter) = try SoundnessCheck.prepare(host, definitions, withStore: false)
  }

  private static let prelude = Result { try Program.parse(RandomProgram.prelude, file: "prelude.ir") }

  private static func prepare(
    _ host: Host, _ definitions: [Definition], withStore: Bool
  ) throws -> (CacheSession<LoweredCode>, AbstractInterpreter) {
    try host.load(try prelude.get() + definitions)
    let session = CacheSession(store: withStore ? try SourceStore(.memory) : nil, definitions: host.definitions)
    host.attach(session)
    return (session, AbstractInterpreter(view: host.view, session: session))
  }

  /// Checks the calls of the program.
  mutating func checkAll() {
    for (name, arity) in calls {
      if let arguments = arguments(arity) { check(name, arguments) }
    }
  }

  /// Values for a call from outside; `nil` if computing them fails.
  mutating func arguments(_ arity: Int) -> [Value]? {
    if arity == 0 { return [] }
    var values: [Value] = [.int(Int64(random.below(6)))]
    while values.count < arity {
      let name = "a\(random.below(RandomProgram.argumentCount))"
      guard hasArguments else { return values + [random.pick([.int(1), .float(2.5), .nothing, .string("s")])] }
      guard case .success(let value) = run(name, []) else { return nil }
      values.append(value)
    }
    if random.oneIn(4) { values.swapAt(0, values.count - 1) }
    return values
  }

  /// Runs a call, and infers it for the types of its arguments and for wider ones.
  mutating func check(_ function: String, _ arguments: [Value]) {
    let outcome = run(function, arguments)
    for round in 0..<3 {
      let types = arguments.map { round == 0 ? $0.type : random.widened($0.type, by: SoundnessCheck.others) }
      compare(outcome, function, types, interpreter)
    }
  }

  func run(_ function: String, _ arguments: [Value]) -> Result<Value, HostError> {
    refuel()
    do { return .success(try host.call(function, arguments)) } catch { return .failure(error) }
  }

  private func refuel() { _ = try? host.call("refuel", []) }

  mutating func compare(
    _ outcome: Result<Value, HostError>, _ function: String, _ types: [ResolvedType], _ interpreter: AbstractInterpreter
  ) {
    refuel()
    guard let call = try? interpreter.infer(function, types) else {
      failures.append("\(function) is not inferred")
      return
    }
    guard case .success(let value) = outcome else {
      errors += 1
      return
    }
    values += 1
    if call.type != .any { informative += 1 }
    if !call.type.contains(value) {
      failures.append("\(call.name) gave \(value)::\(value.type), which is not in \(call.type)")
    }
  }

  private static let others: [ResolvedType] = [.nothing, .int, .float, .string, .anyTuple, .function, .type]
}

import CacheIdentity
import CacheSession
import Inference
import LoweredIR
import Overlay
import SourceStore
import StagedHost

/// Changes a random program step by step, and checks one interpreter that moves along.
struct HistoryCheck {
  private let host = Host(natives: [OverlayPass()]) { _ in }
  private let session: CacheSession<LoweredCode>
  private let interpreter: AbstractInterpreter
  private var program: RandomProgram
  private var random: SeededGenerator
  /// The methods that were ever defined.
  private var methods: [MethodDefinition] = []
  /// The definitions, and the changes since, as text.
  private(set) var log: [String]
  private var known: [Known] = []
  /// What was found wrong.
  private(set) var failures: [String] = []
  private(set) var checked = 0
  /// Calls that no change was about, and so were not inferred again.
  private(set) var kept = 0

  /// A call that was inferred, and in which worlds it is said to give that.
  private struct Known {
    let function: String
    let arguments: [Value]
    let call: InferredCall
    /// What it rests on; `nil` if that includes generated sources, which rest on more,
    /// or the call's own generator threw, which runs again.
    let subjects: Set<Subject>?
  }

  /// `nil` if the program is refused.
  init?(seed: UInt64, withStore: Bool) throws {
    var program = RandomProgram(seed: seed)
    log = program.definitions()
    self.program = program
    random = SeededGenerator(state: seed ^ 0x1234)
    do {
      try host.load(try Program.parse(RandomProgram.prelude, file: "prelude.ir"))
      let all = try Program.parse(log.joined(separator: "\n"), file: "random.ir")
      try host.load(all)
      for case .method(let method) in all { methods.append(method) }
    } catch is DefinitionError { return nil }
    session = CacheSession(store: withStore ? try SourceStore(.memory) : nil, definitions: host.definitions)
    host.attach(session)
    interpreter = AbstractInterpreter(view: host.view, session: session)
  }

  /// Makes some changes; checks some calls after each, or after two.
  mutating func run(steps: Int) {
    check()
    for _ in 0..<steps {
      var changed = change()
      if random.oneIn(4) { changed.formUnion(change()) }
      move(changed)
      check()
    }
  }

  // MARK: Changes

  /// Changes something, and says what it was about; what is refused changes nothing.
  private mutating func change() -> Set<Subject> {
    do {
      switch random.below(10) {
      case 0..<4: return try define(program.method(of: random.below(program.functions.count)))
      case 4:
        let table = random.pick(["T1", "T2"])
        return try define("overlay \(table) " + program.method(of: random.below(program.functions.count)))
      case 5: return try define(program.generatedMethods(of: random.pick(program.generated).name)[0])
      case 6, 7:
        let method = random.pick(methods)
        log.append("# delete \(method)".prefix(100).description)
        return try host.delete(method) ? subjects(of: method) : []
      case 8:
        let name = "c\(1 + random.below(5))"
        try load("const \(name) = \(program.constant())")
        return [.binding(module: "Main", name: name)]
      default: return try define("unrelated(x::\(program.type())) = x")
      }
    } catch { return [] }
  }

  private mutating func define(_ text: String) throws -> Set<Subject> {
    for case .method(let method) in try load(text) {
      methods.append(method)
      return subjects(of: method)
    }
    return []
  }

  @discardableResult
  private mutating func load(_ text: String) throws -> [Definition] {
    log.append(text)
    let definitions = try Program.parse(text, file: "change.ir")
    try host.load(definitions)
    return definitions
  }

  private func subjects(of method: MethodDefinition) -> Set<Subject> {
    guard case .nominal(let callee, _) = method.callee else { return [] }
    var name = callee
    if name.hasPrefix("typeof(") { name = String(name.dropFirst(7).dropLast()) } else { name = "(::\(name))" }
    return [
      .function(table: method.table ?? MethodTable.global, name: name), .function(table: "global", name: callee),
      .binding(module: "Main", name: name),
    ]
  }

  /// Moves the interpreter on; what no change was about must not be inferred again.
  private mutating func move(_ changed: Set<Subject>) {
    interpreter.move(to: host.view)
    for known in known {
      guard let subjects = known.subjects, subjects.isDisjoint(with: changed) else { continue }
      let before = interpreter.counters.instances
      _ = infer(known.function, known.arguments.map(\.type), interpreter)
      kept += 1
      if interpreter.counters.instances != before {
        failures.append("\(known.call.name) was inferred again");
        print(log.suffix(3).joined(separator: "\n"), changed, subjects)
      }
    }
  }

  // MARK: Calls

  private mutating func check() {
    known = []
    let fresh = AbstractInterpreter(view: host.view, session: session)
    for (name, arity) in [("main", 0)] + program.functions + program.generated {
      guard let arguments = arguments(arity) else { continue }
      check(name, arguments, fresh)
    }
  }

  private mutating func check(_ name: String, _ arguments: [Value], _ fresh: AbstractInterpreter) {
    guard let call = infer(name, arguments.map(\.type), interpreter) else { return }
    let subjects = call.callGraph.flatMap(\.questions).map(\.edge.question)
    let isPlain =
      call.callGraph.count > 1 && subjects.allSatisfy { if case .source = $0 { false } else { true } }
    known.append(
      Known(
        function: name, arguments: arguments, call: call,
        subjects: isPlain ? Set(subjects.compactMap(\.subject)) : nil))
    if !call.range.contains(host.view.world) { failures.append("\(call.name) holds in \(call.range)") }
    for call in [call, infer(name, arguments.map(\.type), fresh)] {
      guard let type = call?.type, let worlds = call?.range else { continue }
      let last = min(worlds.upperBound, host.view.world).number
      let world = HostWorld(max(UInt64(last) - UInt64(random.below(4)), worlds.lowerBound.number))
      guard let view = random.oneIn(2) ? host.view : host.view.view(at: world),
        let value = value(of: name, arguments, in: view)
      else { continue }
      checked += 1
      if !type.contains(value) {
        failures.append("\(name) in \(view.world) gave \(value)::\(value.type), which is not in \(type)")
      }
    }
  }

  private func infer(
    _ name: String, _ types: [ResolvedType], _ interpreter: AbstractInterpreter
  ) -> InferredCall? {
    _ = try? host.call("refuel", [])
    return try? interpreter.infer(name, types)
  }

  private func value(of name: String, _ arguments: [Value], in view: WorldView) -> Value? {
    _ = try? host.call("refuel", [])
    return try? host.call(name, arguments, in: view)
  }

  private mutating func arguments(_ arity: Int) -> [Value]? {
    if arity == 0 { return [] }
    let name = "a\(random.below(RandomProgram.argumentCount))"
    return value(of: name, [], in: host.view).map { [.int(Int64(random.below(4))), $0] }
  }
}

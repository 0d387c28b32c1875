import CacheIdentity
@testable import CacheSession
import LoweredIR
import StagedHost
import Synchronization

/// A host with a few operators, a session without a store, and what its programs print.
struct TestHost {
  let host: Host
  private let printed: Printed

  private final class Printed: Sendable {
    let text = Mutex("")
  }

  init(_ text: String = "") throws {
    let printed = Printed()
    self.printed = printed
    host = Host { part in printed.text.withLock { $0 += part } }
    try host.load(try Program.parse(TestHost.operators, file: "operators.ir") + TestHost.parse(text))
    host.attach(CacheSession(store: nil, definitions: host.definitions))
  }

  static func parse(_ text: String) throws -> [Definition] { try Program.parse(text, file: "test.ir") }

  @discardableResult
  func load(_ text: String) throws -> Bool { try host.load(try TestHost.parse(text)) }

  /// Loads a definition of `main` with this body in an older view's stead: gives the text of its value.
  func evaluate(_ expression: String) throws -> String {
    try load("main() = \(expression)")
    return try host.run("main").description
  }

  var output: String { printed.text.withLock { $0 } }

  /// The problem of evaluating something, as text.
  func problem(_ expression: String) throws -> String {
    do { return "no problem: " + (try evaluate(expression)) } catch let error as HostError { return "\(error.problem)" }
  }

  static let operators = """
    +(x::Int64, y::Int64) = add_int(x, y)
    -(x::Int64, y::Int64) = sub_int(x, y)
    *(x::Int64, y::Int64) = mul_int(x, y)
    +(x::Float64, y::Float64) = add_float(x, y)
    *(x::Float64, y::Float64) = mul_float(x, y)
    <(x::Int64, y::Int64) = lt_int(x, y)
    <=(x::Int64, y::Int64) = le_int(x, y)
    ==(x::Int64, y::Int64) = eq_int(x, y)
    ==(x, y) = x === y
    !(x::Bool) = not_bool(x)
    getindex(t::Tuple, i::Int64) = tuple_get(t, i)
    getindex(a::Array, i::Int64) = array_get(a, i)
    setindex!(a::Array, v, i::Int64) = array_set!(a, i, v)
    struct Range
      first::Int64
      last::Int64
    end
    colon(a::Int64, b::Int64) = Range(a, b)
    iterate(r::Range) = r.first <= r.last ? (r.first, r.first) : nothing
    iterate(r::Range, i::Int64) = i < r.last ? (i + 1, i + 1) : nothing

    """
}

/// Runs a generator and remembers the edges that it recorded.
struct Spy<Base: CachedGenerator>: CachedGenerator where Base.Source == LoweredCode {
  let base: Base
  let edges = Edges()

  final class Edges: Sendable {
    private let all = Mutex<[Edge]>([])
    var value: [Edge] { all.withLock { $0 } }
    func set(_ edges: [Edge]) { all.withLock { $0 = edges } }
  }

  init(_ base: Base) { self.base = base }

  var name: String { base.name }
  var version: String? { base.version }

  func generate(
    _ instance: Base.Instance, owner: Owner, context: GenerationContext<LoweredCode>
  ) throws -> GeneratedSource<LoweredCode> {
    defer { edges.set(context.edges) }
    return try base.generate(instance, owner: owner, context: context)
  }
}

extension TestHost {
  /// An instance of the generated method that a call selects in the newest world.
  func instance(_ function: String, _ types: String) throws -> StagedInstance {
    let arguments = try type("Tuple{\(types)}")
    let dispatch = host.view.dispatch(table: MethodTable.global, function: function, arguments: arguments)
    guard case .method(let method) = dispatch.selection else { throw HostError(.noMethod(call: function)) }
    return StagedInstance(method, arguments: arguments, in: host.view)
  }

  func type(_ text: String) throws -> ResolvedType {
    try load("main() = \(text)")
    guard case .type(let type) = try host.run("main") else { throw HostError(.notSource(type: text)) }
    return type
  }

  /// The source of an instance and the edges that its generation recorded.
  func generate(_ function: String, _ types: String) throws -> (source: LoweredCode?, edges: [Edge]) {
    let instance = try instance(function, types)
    let spy = Spy(StagedGenerator())
    let source = try CacheSession(store: nil, definitions: host.definitions).source(for: instance, generator: spy)
    return (source, spy.edges.value)
  }

  func questions(_ function: String, _ types: String) throws -> [String] {
    try generate(function, types).edges.map(\.question.description)
  }
}

import CacheSession
import Inference
import LoweredIR
import Overlay
import SourceStore
import StagedHost

/// A host with a program, a session, and an interpreter of the newest world.
struct InferenceBench {
  /// Where sources are kept.
  enum Cache {
    /// Nowhere: every generator runs at each request.
    case off
    /// In a store in memory.
    case store(SourceStore)
  }

  let host = Host(natives: [OverlayPass()]) { _ in }
  let session: CacheSession<LoweredCode>
  let interpreter: AbstractInterpreter

  init(_ text: String, cache: Cache = .off) throws {
    try host.load(try Program.parse(text, file: "test.ir"))
    var options = SessionOptions()
    var store: SourceStore?
    switch cache {
    case .off: options.isEnabled = false
    case .store(let given): store = given
    }
    session = CacheSession(store: store, definitions: host.definitions, options: options)
    host.attach(session)
    interpreter = AbstractInterpreter(view: host.view, session: session)
  }

  /// Loads definitions as one change, and goes on to the world that it makes.
  func load(_ text: String) throws {
    try host.load(try Program.parse(text, file: "change.ir"))
    interpreter.move(to: host.view)
  }

  /// The call's inferred type; types are written as in programs.
  @discardableResult
  func infer(_ function: String, _ types: String...) throws -> String {
    try call(function, types).type.description
  }

  @discardableResult
  func call(_ function: String, _ types: [String]) throws -> InferredCall {
    try interpreter.infer(function, try types.map { try host.view.resolve(try TypeExpression(parsing: $0)) })
  }

  /// What the body does to the interpreter's counters.
  func counting(_ body: () throws -> Void) rethrows -> InferenceCounters {
    let before = interpreter.counters
    try body()
    return interpreter.counters.since(before)
  }
}

extension InferenceBench {
  /// How many results loading some definitions closes.
  func closed(byLoading text: String) throws -> Int { try counting { try load(text) }.closed }
}

extension InferenceCounters {
  /// All requests for sources.
  var allRequests: Int { requests.values.reduce(0, +) }
}

/// Operators by builtins.
let operators = """
  +(x::Int64, y::Int64) = add_int(x, y)
  -(x::Int64, y::Int64) = sub_int(x, y)
  *(x::Int64, y::Int64) = mul_int(x, y)
  <(x::Int64, y::Int64) = lt_int(x, y)
  ==(x::Int64, y::Int64) = eq_int(x, y)
  +(x::Float64, y::Float64) = add_float(x, y)
  float(x::Int64) = float_of_int(x)
  table Fast

  """

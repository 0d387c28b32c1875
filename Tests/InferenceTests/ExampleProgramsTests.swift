import CacheSession
import Inference
import LoweredIR
import Overlay
import StagedHost
import Testing

/// A host with a program, its session without a store, and an interpreter of its world.
struct InferenceBench {
  let host = Host(natives: [OverlayPass()]) { _ in }
  let session: CacheSession<LoweredCode>
  let interpreter: AbstractInterpreter

  init(_ text: String, options: SessionOptions = SessionOptions()) throws {
    try host.load(try Program.parse(text, file: "test.ir"))
    session = CacheSession<LoweredCode>(store: nil, definitions: host.definitions, options: options)
    host.attach(session)
    interpreter = AbstractInterpreter(view: host.view, session: session)
  }
}

@Test func `What a call gives is a constant where its arguments are (F2)`() throws {
  let bench = try InferenceBench(
    """
    inc(x::Int64) = add_int(x, 1)
    main() = inc(41)
    """)
  let call = try bench.interpreter.infer("main", [])
  #expect(call.type.description == "const 42")
}

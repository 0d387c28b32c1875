import CacheIdentity
import CacheSession
import Glibc
import Inference
import LoweredIR
import Overlay
import StagedHost

func read(_ path: String) -> String {
  let f = fopen(path, "r")!; defer { fclose(f) }
  var bytes: [UInt8] = []; var c = [UInt8](repeating: 0, count: 1 << 16)
  while true { let n = fread(&c, 1, c.count, f); if n == 0 { break }; bytes += c[..<n] }
  return String(decoding: bytes, as: UTF8.self)
}
let args = CommandLine.arguments
let host = Host(natives: [OverlayPass()]) { _ in }
try host.load(try Program.parse(read(args[1]), file: args[1]))
let name = args[2], types = args[3].split(separator: ";").map { try! host.view.resolve(try! TypeExpression(parsing: String($0))) }
let rounds = Int(args[4])!
for mode in (args.count > 6 ? [args[6]] : ["off", "memory", "ceiling", "plain"]) {
  var times: [Double] = []
  var counters = InferenceCounters()
  for _ in 0..<rounds {
    var so = SessionOptions(); so.isEnabled = mode == "memory"
    let session = CacheSession<LoweredCode>(store: nil, definitions: host.definitions, options: so)
    var options = InferenceOptions(); options.remembersSources = mode == "ceiling"
    let interpreter = AbstractInterpreter(view: host.view, session: session, options: options)
    let start = ContinuousClock().now
    if mode == "plain" {
      _ = try interpreter.infer(args[5], types.dropFirst(2).map { $0 })
    } else { _ = try interpreter.infer(name, types) }
    let d = ContinuousClock().now - start
    times.append(Double(d.components.attoseconds) / 1e12 + Double(d.components.seconds) * 1e6)
    counters = interpreter.counters
  }
  times.sort()
  print(mode, "min", times[0], "median", times[times.count / 2], "us; statements", counters.statements, "ns/statement", times[times.count / 2] * 1000 / Double(counters.statements), counters.requests.mapValues { $0 }.map { "\($0.key) \($0.value)" })
}

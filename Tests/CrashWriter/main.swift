// A process that writes to a store without end, until it is killed. Its definitions take one of a few states; what it
// stores is a function of the state, so that whoever reads the store can tell a wrong source from a right one.
import CacheIdentity
import CrashModel
import SourceStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

let arguments = CommandLine.arguments
guard arguments.count == 3, let seed = UInt64(arguments[2]) else {
  preconditionFailure("usage: CrashWriter STORE SEED")
}

var random = CrashRandom(seed: seed)
let store = try SourceStore(.file(arguments[1]))
var closedOnly = PrunePolicy()
closedOnly.closedOnly = true
for round in 1... {
  let state = CrashState(number: random.next(below: CrashState.count))
  let attachment = try store.advance(
    lineage: "main", to: DefinitionChange(state: state.digest, cause: "round \(round)"), answering: state.answer)
  let keys = (0..<20).map { _ in CrashKey(number: random.next(below: CrashKey.count)) }
  _ = try store.insert(
    keys.flatMap { $0.traces(in: state, world: attachment.world) }, into: attachment.lineage)
  if round % 7 == 0 { _ = try store.prune(closedOnly) }
  // Not `print`, which would keep it back.
  let line = "\(round)\n"
  _ = write(1, line, line.utf8.count)
}

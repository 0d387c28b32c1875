// A process that writes to a store without end, until it is killed. Its definitions take one of a few states; what it
// stores is a function of the state, so that whoever reads the store can tell a wrong source from a right one.
//
// With a state instead of a seed, it waits for the end of its input, attaches once, and asks for every key.
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
if arguments.count == 4, arguments[2] == "attach", let number = Int(arguments[3]) {
  while readLine() != nil {}
  let state = CrashState(number: number)
  let store = try SourceStore(.file(arguments[1]))
  let here = try store.advance(
    lineage: "main", to: DefinitionChange(state: state.digest, cause: "attach"), answering: state.answer)
  for key in CrashKey.all {
    let found = try store.lookup(key.key, lineage: here.lineage, world: here.world)
    precondition(found == nil || found?.source == key.source(in: state), "a wrong source of key \(key.number)")
  }
  exit(0)
}
guard arguments.count == 3, let seed = UInt64(arguments[2]) else {
  preconditionFailure("usage: CrashWriter STORE SEED, or CrashWriter STORE attach STATE")
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

import CacheIdentity
import SourceStore

/// Random numbers that are the same each time.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) &+ 0x9e37_79b9_7f4a_7c15 }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

let day: Int64 = 86_400_000
let now: Int64 = 1_800_000_000_000

func entry(
  _ specialization: String, generator: String = "g", module: String = "Main", owner: String = "native",
  ranges: [MeasuredEntry.Range] = [range("main", 1, nil)], content: Int? = 1, rawBytes: Int64 = 100,
  storedBytes: Int64 = 60, age: Int64 = 0, cost: Int64 = 1_000_000, hits: Int64 = 0
) -> MeasuredEntry {
  let name = Digest(high: 1, low: UInt64(specialization.utf8.reduce(0) { $0 &* 31 &+ Int($1) }.magnitude))
  return MeasuredEntry(
    key: SourceKey(methodHash: name, instance: name, owner: name),
    generator: GeneratorFingerprint(generator: generator, version: "1"),
    method: MethodDescription(
      module: module, table: "global",
      signature: Signature(function: String(specialization.prefix { $0 != "(" }), arguments: "(x)"),
      location: "a.ir:1:1"),
    specialization: specialization, owner: owner, ranges: ranges,
    source: content.map {
      MeasuredEntry.Source(digest: Digest(high: 0, low: UInt64($0)), rawBytes: rawBytes, storedBytes: storedBytes)
    }, generatedAt: now - age, generationNanoseconds: cost, hits: hits)
}

func range(_ lineage: String, _ min: Int64, _ max: Int64?) -> MeasuredEntry.Range {
  MeasuredEntry.Range(lineage: lineage, worlds: WorldRange(WorldAge(min), max.map { WorldAge($0) } ?? .open) ?? .all)
}

/// A part with one region whose rows are given with their users, and that takes `structure` besides.
func part(_ name: String, _ rows: [(bytes: Int64, users: [Int])], structure: Int64 = 0, unused: Int64 = 0)
  -> MeasuredPart
{
  var users = RowUsers()
  for row in rows { users.append(row.users) }
  let payload = rows.reduce(0) { $0 + $1.bytes }
  return MeasuredPart(
    name: name,
    regions: [
      MeasuredRegion(
        name: name, pages: 1, bytes: payload + structure, payload: payload, unused: unused, weights: rows.map(\.bytes))
    ], users: users)
}

func file(_ entries: [MeasuredEntry], _ parts: [MeasuredPart]) -> MeasuredFile {
  MeasuredFile(
    kind: .store, path: "/tmp/sample.sqlite", measuredAt: now,
    bytes: parts.flatMap(\.regions).reduce(0) { $0 + $1.bytes }, parts: parts, entries: entries)
}

/// A file of random entries and rows, as uneven as they come.
func randomFile(_ seed: Int, entries count: Int? = nil) -> MeasuredFile {
  var random = Seeded(seed)
  let count = count ?? Int.random(in: 0...12, using: &random)
  let names = ["f", "g", "h</script><b>", "odd \"name\",\n", "ünïcode 🙂"]
  let entries = (0..<count).map { number -> MeasuredEntry in
    let ranges = (0..<Int.random(in: 0...3, using: &random)).map { index -> MeasuredEntry.Range in
      let lineage = ["main", "branch"][Int.random(in: 0...1, using: &random)]
      return range(lineage, Int64(index * 10 + 1), index == 2 ? nil : Int64(index * 10 + 5))
    }
    let name = names[Int.random(in: 0..<names.count, using: &random)]
    let content: Int? = Int.random(in: 0...5, using: &random) == 0 ? nil : Int.random(in: 0...count, using: &random)
    let (age, cost) = (
      Int64.random(in: 0...(400 * day), using: &random), Int64.random(in: 0...50_000_000, using: &random)
    )
    let hits: Int64 = Bool.random(using: &random) ? 0 : Int64.random(in: 0...1_000, using: &random)
    return entry(
      "\(name)(T\(number))", generator: ["overlay", "ad", "gpu"][Int.random(in: 0...2, using: &random)],
      module: ["Main", "Base"][Int.random(in: 0...1, using: &random)], ranges: ranges, content: content, age: age,
      cost: cost, hits: hits)
  }
  // Sources of one content have one size.
  var sizes: [Digest: MeasuredEntry.Source] = [:]
  let uniform = entries.map { entry in
    var entry = entry
    if let source = entry.source {
      let raw = Int64.random(in: 0...3_000, using: &random)
      let known =
        sizes[source.digest] ?? MeasuredEntry.Source(digest: source.digest, rawBytes: raw, storedBytes: raw / 2)
      sizes[source.digest] = known
      entry.source = known
    }
    return entry
  }
  let parts = (0..<Int.random(in: 1...5, using: &random)).map { number in
    part(
      "part\(number)",
      (0..<Int.random(in: 0...20, using: &random)).map { _ in
        (
          bytes: Int64.random(in: 0...500, using: &random),
          users: Array((0..<count).shuffled(using: &random).prefix(Int.random(in: 0...count, using: &random)))
        )
      }, structure: Int64.random(in: 0...4_096, using: &random))
  }
  return file(uniform, parts)
}

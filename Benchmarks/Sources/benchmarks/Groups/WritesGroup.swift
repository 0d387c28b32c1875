import Foundation
import WorldCache

extension BenchmarkGroup {
  /// What a miss costs its caller beyond the generator, and how many rows a second can be inserted.
  static let writes = BenchmarkGroup(
    name: "writes", abstract: "a miss written behind; rows inserted in batches, beside everything else"
  ) { run in
    var rows = [try missesRow("miss in a new store", run, among: 0)]
    rows.append(try missesRow("miss", run, among: run.scale(quick: 1000, normal: 20_000, full: 100_000)))
    let diskCache = try DiskCache.measure(
      Workload(count: run.scale(quick: 2000, normal: 20_000, full: 20_000)), run.fixtures)
    for (batch, count) in [(1, 300), (100, 3000), (1000, 5000)] {
      rows.append(
        try insertRow(batch: batch, rowsPerRound: run.scale(quick: count / 3 + batch, normal: count, full: count), run))
      if let times = diskCache?.set["\(batch)"], let commits = diskCache?.batches["\(batch)"] {
        rows[rows.count - 1].readings.append(
          Reading(contender: DiskCache.name, median: 1e9 / times.median, p99: commits.p99, unit: .perSecond))
      }
    }
    return rows
  }
}

/// The time of requests whose generator costs nothing: all of it is the cache's. What is generated is written while the next
/// requests come, as in a process that starts.
///
/// - Parameter present: How many sources the store has that are not asked for.
private func missesRow(_ name: String, _ run: Run, among present: Int) throws -> Row {
  run.progress("writes: misses among \(present) sources")
  let perRound = run.scale(quick: 1000, normal: 5000, full: 5000)
  let workload = Workload(count: present + (run.rounds + 1) * perRound)
  let generator = SyntheticGenerator(workload)
  let old = run.fixtures.newPath("store")
  try fillStore(at: old, with: Workload(count: present, questions: workload.questionCount))

  let misses = Step(
    PeerFiles.ours,
    timingSingles: { round in
      let path = present == 0 ? run.fixtures.newPath("store") : old
      defer { if present == 0 { removeStore(at: path) } }
      let definitions = SyntheticDefinitions(watches: [])
      let session = CacheSession(store: try SourceStore(.file(path)), definitions: definitions)
      let indices = (0..<perRound).map { present + round * perRound + $0 }
      let singles = try indices.map { index in
        let instance = workload.instance(index)
        return try nanoseconds { blackHole(try session.source(for: instance, generator: generator)) }
      }
      session.close()
      guard session.counters.stored == perRound else { throw Lost(count: perRound - session.counters.stored) }
      return (singles.steadyMean(), singles)
    })
  let timings = try interleave(rounds: run.rounds, [misses, Yardstick.step])
  return Row(
    name, "\(present) sources there", timings, ratios: [("ofGenerator", of: PeerFiles.ours, to: Yardstick.name)])
}

/// Generations that did not get into the store.
struct Lost: Error, CustomStringConvertible {
  var count: Int
  var description: String { "\(count) entries did not become what they should have" }
}

func removeStore(at path: String) {
  for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
}

/// Inserts into files that all begin with 10,000 sources; a commit for each batch. The 99th percentile is that of a commit.
private func insertRow(batch: Int, rowsPerRound: Int, _ run: Run) throws -> Row {
  run.progress("writes: batches of \(batch)")
  let base = 10_000
  let workload = Workload(count: base + (run.rounds + 1) * rowsPerRound, questions: 10_000)
  let writers = try Writers(base: base, workload, run.fixtures)
  let steps = writers.all.map { writer in
    Step(
      writer.name,
      timingSingles: { round in
        let start = base + round * rowsPerRound
        let batches = stride(from: start, to: start + rowsPerRound, by: batch).map {
          $0..<min($0 + batch, start + rowsPerRound)
        }
        let commits = try batches.map(writer.prepare).map { commit in try nanoseconds { try commit() } }
        return (commits.reduce(0, +) / Double(rowsPerRound), commits)
      })
  }
  var row = Row(
    "insert", "batches of \(batch)", try interleave(rounds: run.rounds, steps),
    ratios: [
      ("ofBareC", PeerFiles.ours, PeerFiles.bare), ("withoutEdgesOfBareC", Writers.withoutEdges, PeerFiles.bare),
    ])
  row.readings = row.readings.map(\.asRate)
  return row
}

extension Reading {
  /// Operations a second instead of nanoseconds an operation.
  var asRate: Reading { Reading(contender: contender, median: 1e9 / median, p99: p99, unit: .perSecond) }
}

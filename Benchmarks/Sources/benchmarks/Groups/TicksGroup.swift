import Foundation
import WorldCache

extension BenchmarkGroup {
  /// Attaching, closing and reviving.
  static let ticks = BenchmarkGroup(
    name: "ticks", abstract: "attaching; closing and reviving rows by a redefinition, readers meanwhile"
  ) { run in
    let large = run.scale(quick: 20_000, normal: 1_000_000, full: 1_000_000)
    let watched = Workload(
      count: large, questions: large / 10, watches: [Workload.Watch(name: "few", entries: large / 2..<large / 2 + 10)])
    var rows = [try attachRow(large: watched, run), try fewRow(watched, run)]
    let sizes = run.scale(
      quick: [1000, 3000, 10_000], normal: [10_000, 30_000, 100_000], full: [10_000, 30_000, 100_000])
    rows += try manyRows(sizes, run)
    return rows
  }
}

/// Attaching when nothing has changed: as long with a hundred times the questions.
private func attachRow(large: Workload, _ run: Run) throws -> Row {
  let small = Workload(count: large.count / 100, questions: large.questionCount / 100)
  let attaching = try [small, large].map { workload in
    let store = try SourceStore(.existingFile(try run.fixtures.store(workload)))
    return Step(
      "\(workload.questionCount) questions, \(workload.count) sources",
      timingSingles: { _ in
        let definitions = SyntheticDefinitions(watches: workload.watches)
        var singles: [Double] = []
        for _ in 0..<20 {
          var session: CacheSession<Blob>?
          singles.append(nanoseconds { session = CacheSession(store: store, definitions: definitions) })
          guard session?.counters.ticks == 0, session?.counters.storeTroubles == 0 else { throw Lost(count: 1) }
        }
        return (singles.median, singles)
      })
  }
  run.progress("ticks: attaching")
  let timings = try interleave(rounds: run.rounds, attaching + [Yardstick.step])
  return Row(
    "attach, nothing changed", "", timings,
    ratios: [("milliseconds", attaching[1].name, Yardstick.name), ("growth", attaching[1].name, attaching[0].name)])
}

/// One redefinition that closes ten rows of very many, then one that revives them.
private func fewRow(_ workload: Workload, _ run: Run) throws -> Row {
  let host = try TickingHost(workload, at: try run.fixtures.store(workload))
  run.progress("ticks: 10 rows of \(workload.count)")
  let timings = try interleave(
    rounds: run.rounds,
    [
      Step(
        "close and revive, each",
        timingSingles: { round in
          let singles = try (0..<5).flatMap { _ in [try host.close("few", 10), try host.revive("few", 10)] }
          return (singles.median, singles)
        }), Yardstick.step,
    ])
  return Row(
    "redefine, 10 rows", "of \(workload.count)", timings,
    ratios: [("milliseconds", "close and revive, each", Yardstick.name)])
}

/// One redefinition that closes all of many rows, then one that revives them, at several sizes. Each round has files of its own, in which
/// nothing was closed before; what closed history costs is a curve of `growth`.
private func manyRows(_ sizes: [Int], _ run: Run) throws -> [Row] {
  let workload = Workload(
    count: sizes.max() ?? 0, watches: sizes.map { Workload.Watch(name: "many\($0)", entries: 0..<$0) })
  run.progress("ticks: filling a store with \(workload.count) sources")
  let path = run.fixtures.newPath("store")
  try fillStore(at: path, with: workload)
  let barePath = run.fixtures.newPath("bare")
  try BareTicks.fill(workload, at: barePath)
  var closings: [Row] = []
  var revivals: [Row] = []
  for size in sizes {
    run.progress("ticks: \(size) rows")
    var (close, revive) = (TickTimings(), TickTimings())
    for _ in 0..<min(run.rounds, 7) {
      let (copy, bareCopy) = (run.fixtures.newPath("store"), run.fixtures.newPath("bare"))
      defer { for path in [copy, bareCopy] { removeStore(at: path) } }
      try FileManager.default.copyItem(atPath: path, toPath: copy)
      try FileManager.default.copyItem(atPath: barePath, toPath: bareCopy)
      let host = try TickingHost(workload, at: copy)
      let bare = try BareTicks(workload, at: bareCopy)
      close.ours.rounds.append(try host.close("many\(size)", size) / Double(size))
      close.bare.rounds.append(try bare.close(size) / Double(size))
      close.yardstick.rounds.append(Yardstick.run())
      revive.ours.rounds.append(try host.revive("many\(size)", size) / Double(size))
      revive.bare.rounds.append(try bare.revive(size) / Double(size))
      revive.yardstick.rounds.append(Yardstick.run())
    }
    closings.append(close.row("close a row", size))
    revivals.append(revive.row("revive a row", size))
  }
  return closings + [growth(closings)] + revivals + [growth(revivals)]
    + [try readersRow(try TickingHost(workload, at: path), "many\(workload.count)", workload, run)]
}

private struct TickTimings {
  var ours = Timing(name: PeerFiles.ours)
  var bare = Timing(name: PeerFiles.bare)
  var yardstick = Timing(name: Yardstick.name)

  /// What one kind of change costs for each row. The absolute budget is judged by the yardstick.
  func row(_ name: String, _ size: Int) -> Row {
    var row = Row(name, "\(size) at once", [ours, bare, yardstick], ratios: [("ofBareC", ours.name, bare.name)])
    row.ratios.insert(
      Ratio(name: "microseconds", value: 1000 * medianRatio(ours.rounds, yardstick.rounds)), at: 0)
    return row
  }
}

/// Whether the most rows cost each what the fewest do.
private func growth(_ rows: [Row]) -> Row {
  let costs = rows.map { $0.ratios[0].value }
  return Row(
    name: "\(rows[0].name): growth", variant: "\(rows[0].variant) to \(rows[rows.count - 1].variant)",
    ratios: [Ratio(name: "lastOfFirst", value: costs[costs.count - 1] / costs[0])])
}

/// Single lookups of another thread while nothing happens, and while a tick closes and one revives.
private func readersRow(
  _ host: TickingHost, _ name: String, _ workload: Workload, _ run: Run
) throws -> Row {
  run.progress("ticks: readers meanwhile")
  let reader = LookupThread(
    keys: (0..<workload.count).map(workload.key), store: host.store, try host.position)
  defer { reader.stop() }
  var (before, during) = (Timing(name: "before"), Timing(name: "during a tick"))
  for _ in 0..<3 {
    before.singles += reader.take(during: { usleep(300_000) })
    during.singles += try reader.take(during: { _ = try host.close(name, workload.count) })
    _ = try host.revive(name, workload.count)
    reader.move(to: try host.position)
  }
  if let failure = reader.failure { throw failure }
  for timing in [before, during] where timing.singles.isEmpty { throw Lost(count: 1) }
  before.rounds = [before.singles.median]
  during.rounds = [during.singles.median]
  var row = Row("a reader", "while \(workload.count) rows close", [before, during])
  row.ratios = [
    Ratio(name: "p99DuringToBefore", value: during.singles.quantile(0.99) / before.singles.quantile(0.99))
  ]
  return row
}

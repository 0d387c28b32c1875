import Foundation
import WorldCache

extension BenchmarkGroup {
  /// How times grow with what a store has. Curves, in a folder if one is given.
  static let growth = BenchmarkGroup(
    name: "growth", abstract: "times against entries, edges and closed history; curves with --output"
  ) { run in
    let charts = [try entriesChart(run), try edgesChart(run), try historyChart(run)]
    if let output = run.output { try write(charts, to: output) }
    return charts.flatMap(rows)
  }
}

/// A row for each place of a chart.
private func rows(_ chart: Chart) -> [Row] {
  Set(chart.series.flatMap { $0.points.map(\.x) }).sorted().map { x in
    Row(
      name: chart.title, variant: "\(chart.xLabel) \(x.digits(0))",
      readings: chart.series.compactMap { series in
        series.points.first { $0.x == x }.map {
          Reading(contender: series.name, median: $0.median, p99: $0.p99)
        }
      })
  }
}

private func write(_ charts: [Chart], to folder: String) throws {
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  for chart in charts {
    try chart.csv.write(toFile: "\(folder)/\(chart.name).csv", atomically: true, encoding: .utf8)
    try chart.svg.write(toFile: "\(folder)/\(chart.name).svg", atomically: true, encoding: .utf8)
  }
}

/// Collects points by series, which stand in the order in which they first came.
private struct Curves {
  private(set) var series: [Chart.Series] = []

  mutating func add(_ timings: [Timing], at x: Double) {
    for timing in timings {
      let reading = Reading(timing)
      let point = Chart.Point(x: x, median: reading.median, p99: reading.p99)
      if let index = series.firstIndex(where: { $0.name == timing.name }) {
        series[index].points.append(point)
      } else {
        series.append(Chart.Series(name: timing.name, points: [point]))
      }
    }
  }
}

private func entriesChart(_ run: Run) throws -> Chart {
  var curves = Curves()
  let counts = run.scale(
    quick: [100, 1000, 10_000], normal: [100, 1000, 10_000, 100_000], full: [100, 1000, 10_000, 100_000, 1_000_000])
  for count in counts {
    run.progress("growth: \(count) entries")
    let peers = try PeerFiles(Workload(count: count), run.fixtures)
    defer { peers.remove() }
    let memory = try MemoryContenders(Workload(count: count, edges: 0))
    curves.add(
      try run.comparison(batch: 5000).measure(
        memory.all.filter { [MemoryContenders.prepared, MemoryContenders.dictionary].contains($0.name) }, over: count
      ).map { $0.name == MemoryContenders.prepared ? $0.named("WorldCache, in memory") : $0 }, at: Double(count))
    curves.add(
      try run.comparison(batch: 2000).measure(
        try peers.readers().filter { $0.name != PeerFiles.bareAlone && $0.name != PeerFiles.grdb }, over: count
      ).map { $0.name == PeerFiles.ours ? $0.named("WorldCache, in a store") : $0 }, at: Double(count))
    let images = try ImageFiles(peers.workload, run.fixtures)
    defer { images.remove() }
    curves.add(
      try run.comparison(batch: 5000).measure(
        [try images.imageReader("WorldCache, in an image", images.imagePath)], over: count), at: Double(count))
  }
  return Chart(
    name: "entries", title: "A hit, by the number of entries", xLabel: "entries", yLabel: "time of a hit",
    series: curves.series)
}

private func edgesChart(_ run: Run) throws -> Chart {
  var curves = Curves()
  let count = run.scale(quick: 500, normal: 2000, full: 5000)
  for edges in run.scale(quick: [1, 4, 16], normal: [1, 4, 16, 64], full: [1, 2, 4, 8, 16, 32, 64]) {
    run.progress("growth: \(edges) edges")
    let workload = Workload(
      count: count * (run.rounds + 2), edges: edges, questions: max(count, 2 * edges),
      watches: [Workload.Watch(name: "all", entries: 0..<count)])
    let path = run.fixtures.newPath("store")
    defer { removeStore(at: path) }
    let host = try TickingHost(workload, at: path)
    let position = try host.position
    var next = 0
    func insert() throws -> Double {
      let traces = (next..<next + count).map { workload.trace($0, in: position.world) }
      next += count
      return try nanoseconds { blackHole(try host.store.insert(traces, into: position.lineage)) } / Double(count)
    }
    let inserting = try interleave(rounds: run.rounds, [Step("insert a row") { _ in try insert() }])
    var (close, revive) = (Timing(name: "close a row"), Timing(name: "revive a row"))
    for _ in 0..<min(run.rounds, 7) {
      close.rounds.append(try host.close("all", count) / Double(count))
      revive.rounds.append(try host.revive("all", count) / Double(count))
    }
    let keys = (0..<count).map(workload.key)
    let head = try host.position
    let hit = try run.comparison(batch: 2000).measure(
      [
        Contender("hit") { indices in
          for index in indices {
            blackHole(try host.store.lookup(keys[index], lineage: head.lineage, world: head.world))
          }
          return 0
        }
      ], over: count)
    curves.add(inserting + [close, revive] + hit, at: Double(edges))
  }
  return Chart(
    name: "edges", title: "Rows in a store, by the number of their edges", xLabel: "edges of each source",
    yLabel: "time of a row", series: curves.series)
}

/// All rows close and revive again and again, so that each has as many closed ranges behind it.
private func historyChart(_ run: Run) throws -> Chart {
  var curves = Curves()
  let count = 100
  let workload = Workload(count: count, watches: [Workload.Watch(name: "all", entries: 0..<count)])
  let path = run.fixtures.newPath("store")
  defer { removeStore(at: path) }
  try fillStore(at: path, with: workload)
  let host = try TickingHost(workload, at: path)
  let keys = (0..<count).map(workload.key)
  var ticks = 0
  for target in run.scale(quick: [1, 10, 100], normal: [1, 10, 100, 1000], full: [1, 10, 100, 1000, 10_000]) {
    run.progress("growth: \(target) closed ranges")
    while ticks < target {
      _ = (try host.close("all", count), try host.revive("all", count))
      ticks += 1
    }
    let head = try host.position
    let lookups = [("hit at the head", head.world), ("hit in the first world", WorldAge.first)].map { name, world in
      Contender(name) { indices in
        for index in indices {
          guard try host.store.lookup(keys[index], lineage: head.lineage, world: world) != nil else {
            throw Lost(count: 1)
          }
        }
        return 0
      }
    }
    let hits = try run.comparison(batch: 2000).measure(lookups, over: count)
    var (close, revive) = (Timing(name: "close a row"), Timing(name: "revive a row"))
    for _ in 0..<5 {
      close.rounds.append(try host.close("all", count) / Double(count))
      revive.rounds.append(try host.revive("all", count) / Double(count))
      ticks += 1
    }
    curves.add(hits + [close, revive], at: Double(target))
  }
  return Chart(
    name: "history", title: "Rows in a store, by their closed history", xLabel: "closed ranges of each row",
    yLabel: "time of a row", series: curves.series)
}

extension Timing {
  func named(_ name: String) -> Timing { Timing(name: name, rounds: rounds, singles: singles) }
}

import Foundation
import WorldCache

extension BenchmarkGroup {
  /// A hit in a system image, beside a get in LMDB; opening, and what it takes of memory.
  static let image = BenchmarkGroup(
    name: "image", abstract: "a hit in a system image, beside LMDB; opening it; memory that it takes"
  ) { run in
    var rows: [Row] = []
    let large = run.scale(quick: 20_000, normal: 1_000_000, full: 1_000_000)
    for count in run.scale(quick: [1000], normal: [1000, 100_000], full: [1000, 10_000, 100_000]) {
      let files = try ImageFiles(Workload(count: count), run.fixtures)
      defer { files.remove() }
      rows.append(try hitRow("hit", files, run))
    }
    let sizes = run.scale(quick: (1000, 100), normal: (20_000, 2000), full: (100_000, 10_000))
    for (name, count, size) in [("hit of 2 KiB", sizes.0, 2048), ("hit of 64 KiB", sizes.1, 65_536)] {
      let files = try ImageFiles(Workload(count: count, size: .exactly(size)), run.fixtures)
      defer { files.remove() }
      rows.append(try hitRow(name, files, run))
    }
    for path in run.corpora {
      let payloads = try Corpus(path: path).traces.compactMap(\.source?.payload)
      let files = try ImageFiles(Workload(count: payloads.count, size: .real(payloads)), run.fixtures)
      defer { files.remove() }
      rows.append(try hitRow("hit", files, run))
    }
    let files = try ImageFiles(Workload(count: large), run.fixtures)
    defer { files.remove() }
    rows.append(try hitRow("hit", files, run))
    rows.append(try missRow(files, run))
    rows += try openRows(files, run)
    rows.append(try residentRow(files))
    return rows
  }
}

private func hitRow(_ name: String, _ files: ImageFiles, _ run: Run) throws -> Row {
  run.progress("image: \(files.workload.count) sources of \(files.workload.size)")
  let batch = files.workload.size == .exactly(65_536) ? 500 : 10_000
  return Row(
    name, "\(files.workload.count) x \(files.workload.size)",
    try run.comparison(batch: batch).measure(try files.readers(), over: files.workload.count),
    ratios: [
      ("ofLMDB", ImageFiles.image, PeerFiles.lmdb), ("uncompressedOfLMDB", ImageFiles.uncompressed, PeerFiles.lmdb),
      ("withDigestOfLMDB", ImageFiles.whole, PeerFiles.lmdb),
    ])
}

/// Keys whose methods are there and whose instances are not.
private func missRow(_ files: ImageFiles, _ run: Run) throws -> Row {
  let absent = (0..<files.workload.count).map { index in
    let key = files.keys.keys[index]
    return SourceKey(
      methodHash: key.methodHash, instance: files.workload.instance(files.workload.count + index).instance,
      owner: key.owner)
  }
  let image = try SystemImage(files.imagePath)
  var contenders = [
    Contender(ImageFiles.image) { indices in
      var sum: UInt64 = 0
      for index in indices { sum &+= image.entry(for: absent[index]) == nil ? 0 : 1 }
      return sum
    }
  ]
  #if Peers
    let bytes = absent.map { $0.methodHash.bytes + $0.instance.bytes + $0.owner.bytes }
    let transaction = try LMDBFile(path: files.lmdbPath, isReadOnly: true).reading()
    contenders.append(
      Contender(PeerFiles.lmdb) { indices in
        var sum: UInt64 = 0
        for index in indices { sum &+= bytes[index].withUnsafeBytes(transaction.touchSource) ?? 0 }
        return sum
      })
  #endif
  return Row(
    "miss", "\(files.workload.count) x \(files.workload.size)",
    try run.comparison(batch: 10_000).measure(contenders, over: files.workload.count),
    ratios: [("ofLMDB", ImageFiles.image, PeerFiles.lmdb)])
}

/// Opening, judged by the yardstick, and beside an image a hundredth of the size; the first hit, in an image that was just
/// opened.
private func openRows(_ files: ImageFiles, _ run: Run) throws -> [Row] {
  let small = try ImageFiles(Workload(count: max(1, files.workload.count / 100)), run.fixtures)
  defer { small.remove() }
  func opening(_ name: String, _ body: @escaping () throws -> AnyObject) -> Step {
    Step(
      name,
      timingSingles: { _ in
        let singles = try (0..<20).map { _ in
          var opened: AnyObject?
          let time = try nanoseconds { opened = try body() }
          blackHole(opened)
          return time
        }
        return (singles.median, singles)
      })
  }
  var steps = [
    opening(ImageFiles.image) { try SystemImage(files.imagePath) },
    opening("image of \(small.workload.count)") { try SystemImage(small.imagePath) },
  ]
  #if Peers
    steps.append(opening(PeerFiles.lmdb) { try LMDBFile(path: files.lmdbPath, isReadOnly: true).reading() })
  #endif
  let opened = try interleave(rounds: run.rounds, steps + [Yardstick.step])
  let hits = try interleave(rounds: run.rounds, [firstHit(files), Yardstick.step])
  var first = Row("first hit", "\(files.workload.count) x \(files.workload.size)", hits)
  first.ratios = [Ratio(name: "microseconds", value: 1000 * medianRatio(hits[0].rounds, hits[1].rounds))]
  return [
    Row(
      "open", "\(files.workload.count) x \(files.workload.size)", opened,
      ratios: [
        ("milliseconds", ImageFiles.image, Yardstick.name),
        ("growth", ImageFiles.image, "image of \(small.workload.count)"), ("ofLMDB", ImageFiles.image, PeerFiles.lmdb),
      ]), first,
  ]
}

private func firstHit(_ files: ImageFiles) -> Step {
  var number = 0
  return Step(
    ImageFiles.image,
    timingSingles: { _ in
      let singles = try (0..<20).map { _ in
        number += 7919
        let key = files.keys.keys[number % files.workload.count]
        let image = try SystemImage(files.imagePath)
        return try nanoseconds {
          guard let entry = image.entry(for: key) else { throw Lost(count: 1) }
          blackHole(try image.withPayload(of: entry) { bytes, _ in touch(bytes) })
        }
      }
      return (singles.median, singles)
    })
}

/// What a process's resident memory grows by when it opens a file and reads a thousand sources of it.
private func residentRow(_ files: ImageFiles) throws -> Row {
  var jobs: [(String, WorkerCommand.Job)] = [(ImageFiles.image, .residentImage)]
  #if Peers
    jobs.append((PeerFiles.lmdb, .residentLMDB))
  #endif
  let count = min(1000, files.workload.count)
  var row = Row(
    name: "resident memory", variant: "\(count) hits among \(files.workload.count) x \(files.workload.size)")
  for (name, job) in jobs {
    let worker = try ChildProcess(
      CommandLine.arguments[0],
      ["worker", job.rawValue, files.folder, "\(files.workload.count)", "\(count)", "1"])
    guard worker.line() == "ready" else { throw Lost(count: count) }
    worker.write(line: "go")
    let bytes = Double(worker.line()) ?? .nan
    _ = try worker.output()
    row.readings.append(Reading(contender: name, median: bytes, unit: .bytes))
  }
  if row.readings.count == 2 {
    row.ratios = [Ratio(name: "ofLMDB", value: row.readings[0].median / row.readings[1].median)]
  }
  return row
}

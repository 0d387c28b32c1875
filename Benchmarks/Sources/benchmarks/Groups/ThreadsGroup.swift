import Foundation
import WorldCache

extension BenchmarkGroup {
  /// Many threads, then many processes, on the same sources.
  static let threads = BenchmarkGroup(
    name: "threads", abstract: "hits a second by 1 to 8 threads and 1 to 4 processes, rows a second by 1 to 4 writers"
  ) { run in
    let peers = try PeerFiles(Workload(count: run.scale(quick: 5000, normal: 50_000, full: 100_000)), run.fixtures)
    defer { peers.remove() }
    let memory = try MemoryContenders(Workload(count: peers.workload.count, edges: 0))
    let images = try ImageFiles(peers.workload, run.fixtures)
    defer { images.remove() }
    var rows: [Row] = []
    for threads in run.scale(quick: [1, 4], normal: [1, 2, 4, 8], full: [1, 2, 3, 4, 6, 8]) {
      run.progress("threads: \(threads)")
      rows.append(try memoryRow(memory, threads, peers.workload.count, run))
      rows.append(try imageRow(images, threads, run))
      rows.append(try storeRow(peers, threads, run))
    }
    for processes in run.scale(quick: [1, 2], normal: [1, 2, 4], full: [1, 2, 3, 4]) {
      run.progress("threads: \(processes) processes")
      rows.append(try readersRow(peers, processes, run))
      rows.append(try writersRow(processes, run))
    }
    return rows
  }
}

/// A contender that is measured in operations a second.
private typealias Rate = (name: String, perSecond: () throws -> Double)

private func row(_ name: String, _ variant: String, _ rates: [Rate], _ run: Run) throws -> Row {
  let timings = try interleave(
    rounds: min(run.rounds, 7), rates.map { rate in Step(rate.name) { _ in 1e9 / (try rate.perSecond()) } })
  var row = Row(
    name, variant, timings,
    ratios: rates.count > 1 ? [("ofPeer", rates[0].name, rates[1].name)] : [])
  row.readings = row.readings.map(\.asRate)
  return row
}

private func memoryRow(_ memory: MemoryContenders, _ threads: Int, _ count: Int, _ run: Run) throws -> Row {
  let operations = run.scale(quick: 20_000, normal: 200_000, full: 200_000)
  let chosen = [MemoryContenders.prepared, MemoryContenders.locked, MemoryContenders.dictionary]
  return try row(
    "hits in memory", "\(threads) threads",
    chosen.compactMap { name in memory.all.first { $0.name == name } }.map { contender in
      (
        contender.name,
        {
          try throughput(
            of: Array(repeating: contender, count: threads), operations: operations, over: count)
        }
      )
    }, run)
}

/// All threads read the same mapped file.
private func imageRow(_ images: ImageFiles, _ threads: Int, _ run: Run) throws -> Row {
  let operations = run.scale(quick: 20_000, normal: 200_000, full: 200_000)
  let image = try images.imageReader(ImageFiles.image, images.imagePath)
  var readers = [Array(repeating: image, count: threads)]
  #if Peers
    readers.append(try (0..<threads).map { _ in try images.lmdbReader() })
  #endif
  return try row(
    "hits in an image", "\(threads) threads",
    readers.map { readers in
      (readers[0].name, { try throughput(of: readers, operations: operations, over: images.workload.count) })
    }, run)
}

private func storeRow(_ peers: PeerFiles, _ threads: Int, _ run: Run) throws -> Row {
  let operations = run.scale(quick: 2000, normal: 20_000, full: 20_000)
  let store = try SourceStore(.existingFile(peers.storePath))
  var readers = [
    try (0..<threads).map { _ in try peers.storeReader(store) }, try (0..<threads).map { _ in try peers.bareReader() },
  ]
  #if Peers
    readers.append(try (0..<threads).map { _ in try peers.lmdbReader() })
  #endif
  return try row(
    "hits in a store", "\(threads) threads",
    readers.map { readers in
      (readers[0].name, { try throughput(of: readers, operations: operations, over: peers.workload.count) })
    }, run)
}

private func readersRow(_ peers: PeerFiles, _ processes: Int, _ run: Run) throws -> Row {
  let operations = run.scale(quick: 2000, normal: 20_000, full: 20_000)
  var jobs: [(String, WorkerCommand.Job)] = [(PeerFiles.ours, .readStore), (PeerFiles.bare, .readBare)]
  #if Peers
    jobs.append((PeerFiles.lmdb, .readLMDB))
  #endif
  return try row(
    "hits in a store", "\(processes) processes",
    jobs.map { name, job in
      (name, { try throughput(ofProcesses: processes, doing: job, operations: operations, peers) })
    }, run)
}

/// Each round begins with new files of 10,000 sources.
private func writersRow(_ processes: Int, _ run: Run) throws -> Row {
  let operations = run.scale(quick: 500, normal: 4000, full: 4000)
  return try row(
    "rows inserted in batches of 100", "\(processes) processes",
    [(PeerFiles.ours, WorkerCommand.Job.writeStore), (PeerFiles.bare, .writeBare)].map { name, job in
      (
        name,
        {
          let peers = try PeerFiles(Workload(count: 10_000), run.fixtures)
          defer { peers.remove() }
          return try throughput(ofProcesses: processes, doing: job, operations: operations, peers)
        }
      )
    }, run)
}

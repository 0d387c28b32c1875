import Foundation
import WorldCache

extension BenchmarkGroup {
  /// What a source takes on disk, all in.
  static let bytes = BenchmarkGroup(name: "bytes", abstract: "bytes a source, all in") { run in
    let count = run.scale(quick: 10_000, normal: 100_000, full: 1_000_000)
    return [try bytesRow(Workload(count: count), run)]
  }
}

private func bytesRow(_ workload: Workload, _ run: Run) throws -> Row {
  run.progress("bytes: \(workload.count) sources")
  let peers = try PeerFiles(workload, run.fixtures)
  defer { peers.remove() }
  var payload = 0
  try peers.forEach { payload += $1.count }
  var sizes: [(String, Int)] = [
    (PeerFiles.ours, Fixtures.bytes(at: peers.storePath)),
    (
      Writers.withoutEdges,
      Fixtures.bytes(at: try run.fixtures.store(Workload(count: workload.count, size: workload.size, edges: 0)))
    ),
    ("the sources alone", payload),
    (PeerFiles.bare, Fixtures.bytes(at: peers.barePath)),
  ]
  let images = try ImageFiles(workload, run.fixtures)
  defer { images.remove() }
  sizes += [
    (ImageFiles.image, Fixtures.bytes(at: images.imagePath)),
    (ImageFiles.uncompressed, Fixtures.bytes(at: images.uncompressedPath)),
  ]
  #if Peers
    sizes.append((PeerFiles.lmdb, Fixtures.bytes(at: peers.lmdbPath)))
  #endif
  if peers.hasFiles { sizes.append((PeerFiles.files, Fixtures.bytes(at: peers.filesPath))) }
  var readings = sizes.map { name, bytes in
    Reading(contender: name, median: Double(bytes) / Double(workload.count), unit: .bytes)
  }
  if peers.hasFiles, let diskCache = try DiskCache.measure(workload, run.fixtures) {
    readings.append(
      Reading(contender: DiskCache.name, median: diskCache.bytes / Double(workload.count), unit: .bytes))
  }
  return Row(
    name: "bytes a source", variant: "\(workload.count) x \(workload.size)", readings: readings,
    ratios: [
      Ratio(name: "ofSources", value: Double(sizes[0].1) / Double(payload)),
      Ratio(name: "ofBareC", value: Double(sizes[0].1) / Double(sizes[3].1)),
    ])
}

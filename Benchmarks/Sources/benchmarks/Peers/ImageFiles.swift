import Foundation
import WorldCache

/// A workload in an image, with and without compression, and in LMDB.
final class ImageFiles {
  static let image = "image"
  static let uncompressed = "image, uncompressed"
  static let whole = "image, with digest"

  let workload: Workload
  let keys: WorkloadKeys
  let folder: String
  var imagePath: String { folder + "/image" }
  var uncompressedPath: String { folder + "/uncompressed" }
  var lmdbPath: String { folder + "/lmdb" }

  /// Those in a folder that another process has filled.
  init(_ workload: Workload, openingAt folder: String) {
    self.workload = workload
    self.folder = folder
    keys = WorkloadKeys(workload)
  }

  /// Writes all of them into a new folder.
  convenience init(_ workload: Workload, _ fixtures: Fixtures) throws {
    self.init(workload, openingAt: fixtures.newPath("images"))
    StandardError.write("writing images of \(workload.count) sources of \(workload.size) …\n")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var builder = ImageBuilder(
      lineage: "main", world: .first, state: SyntheticDefinitions(watches: workload.watches).state)
    for index in 0..<workload.count { builder.add(workload.trace(index)) }
    for (path, compresses) in [(imagePath, true), (uncompressedPath, false)] {
      let written = try builder.write(to: path, options: ImageOptions(compresses: compresses))
      guard written.entries == workload.count else { throw Lost(count: workload.count - written.entries) }
    }
    #if Peers
      try LMDBFile(path: lmdbPath).write { transaction in
        for index in 0..<workload.count {
          try Writers.entry(index, workload, keys).withBytes(transaction.insert)
        }
      }
    #endif
  }

  /// Frees the disk before the run ends.
  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  /// Those who read. The bytes are verified by their checksums, and what the image claims to hold is asked for, as in a session.
  func readers() throws -> [Contender] {
    var readers = [
      try imageReader(ImageFiles.image, imagePath), try imageReader(ImageFiles.uncompressed, uncompressedPath),
      try wholeReader(),
    ]
    #if Peers
      readers.append(try lmdbReader())
    #endif
    return readers
  }

  func imageReader(_ name: String, _ path: String) throws -> Contender {
    let (image, validity) = try open(path)
    let keys = keys.keys
    return Contender(name) { indices in
      var sum: UInt64 = 0
      for index in indices {
        guard let entry = image.entry(for: keys[index]), validity.holds(entry) else { continue }
        sum &+= try image.withPayload(of: entry) { bytes, _ in touch(bytes) } ?? 0
      }
      return sum
    }
  }

  /// With the digest of the source, which an edge on it needs.
  private func wholeReader() throws -> Contender {
    let (image, validity) = try open(imagePath)
    let keys = keys.keys
    return Contender(ImageFiles.whole) { indices in
      var sum: UInt64 = 0
      for index in indices {
        guard let entry = image.entry(for: keys[index]), validity.holds(entry) else { continue }
        sum &+= try image.source(of: entry)?.touched ?? 0
      }
      return sum
    }
  }

  private func open(_ path: String) throws -> (SystemImage, ImageValidity) {
    let image = try SystemImage(path)
    guard let validity = image.validity(in: SyntheticDefinitions(watches: workload.watches).state) else {
      throw Lost(count: workload.count)
    }
    return (image, validity)
  }

  #if Peers
    func lmdbReader() throws -> Contender {
      let transaction = try LMDBFile(path: lmdbPath, isReadOnly: true).reading()
      let keys = keys
      return Contender(PeerFiles.lmdb) { indices in
        var sum: UInt64 = 0
        for index in indices { sum &+= keys.withBytes(of: index, transaction.touchSource) ?? 0 }
        return sum
      }
    }
  #endif
}

import Foundation

/// The Python package diskcache, measured by a script in its own process: what a program in Python would see.
struct DiskCache: Decodable {
  struct Times: Decodable {
    var median: Double
    var p99: Double
  }

  static let name = "diskcache (Python)"

  /// Nanoseconds.
  let get: Times
  let open: Times
  /// Nanoseconds a row by the size of a batch, and of whole batches.
  let set: [String: Times]
  let batches: [String: Times]
  /// All files.
  let bytes: Double

  /// Measures with the sources of a workload; `nil` if the package is not installed, which is said once a run.
  static func measure(_ workload: Workload, _ fixtures: Fixtures) throws -> DiskCache? {
    let python = "Benchmarks/.build/diskcache/bin/python3"
    guard FileManager.default.isExecutableFile(atPath: python) else {
      StandardError.write("diskcache is not installed (Benchmarks/setup): its rows are left out\n")
      return nil
    }
    let (data, folder) = (fixtures.newPath("entries"), fixtures.newPath("diskcache"))
    defer { for path in [data, folder] { try? FileManager.default.removeItem(atPath: path) } }
    try Data(entries(workload)).write(to: URL(fileURLWithPath: data))
    let output = try ChildProcess(python, ["Benchmarks/diskcache_peer.py", data, folder]).output()
    return try JSONDecoder().decode(DiskCache.self, from: output)
  }

  /// For each source its key, the number of its bytes in four bytes, big-endian, and its bytes.
  private static func entries(_ workload: Workload) -> [UInt8] {
    let keys = WorkloadKeys(workload)
    var all: [UInt8] = []
    for index in 0..<workload.count {
      let entry = Writers.entry(index, workload, keys)
      all += entry.key
      withUnsafeBytes(of: UInt32(entry.bytes.count).bigEndian) { all += $0 }
      all += entry.bytes
    }
    return all
  }
}

extension Reading {
  init(_ name: String, _ times: DiskCache.Times) {
    self.init(contender: name, median: times.median, p99: times.p99)
  }
}

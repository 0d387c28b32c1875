#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A folder for the files of a benchmark, removed with all of them when the benchmark ends.
struct BenchFolder: ~Copyable {
  let path: String

  /// In TMPDIR, else in /tmp.
  init() throws(BenchError) {
    let parent = Environment["TMPDIR"] ?? "/tmp"
    var template = Array("\(parent)/cachectl-bench.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw .unwritable(path: parent, errorNumber: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    removeFiles(named: "")
    rmdir(path)
  }

  /// Removes the files whose names begin like this: a store is up to three.
  func removeFiles(named prefix: String) {
    guard let folder = opendir(path) else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != "..", name.hasPrefix(prefix) { unlink("\(path)/\(name)") }
    }
  }
}

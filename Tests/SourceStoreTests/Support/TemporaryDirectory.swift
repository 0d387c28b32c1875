#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A directory of this test's own, gone with it.
final class TemporaryDirectory {
  let path: String

  init() throws {
    var template = Array("/tmp/source-store-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(code: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    // Only what a store makes is in here.
    for name in names { unlink(path + "/" + name) }
    rmdir(path)
  }

  struct Failure: Error { var code: Int32 }

  func file(_ name: String) -> String { path + "/" + name }

  /// The names of the files.
  var names: [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}

/// Whole files, as bytes.
enum Bytes {
  static func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw TemporaryDirectory.Failure(code: errno) }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: ftell(file))
    rewind(file)
    guard fread(&bytes, 1, bytes.count, file) == bytes.count else { throw TemporaryDirectory.Failure(code: errno) }
    return bytes
  }

  static func write(_ bytes: some Collection<UInt8>, to path: String) throws {
    guard let file = fopen(path, "wb") else { throw TemporaryDirectory.Failure(code: errno) }
    defer { fclose(file) }
    guard fwrite(Array(bytes), 1, bytes.count, file) == bytes.count else {
      throw TemporaryDirectory.Failure(code: errno)
    }
  }
}

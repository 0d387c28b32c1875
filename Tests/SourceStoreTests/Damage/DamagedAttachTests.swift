import CacheIdentity
import SourceStore
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite("W12: attaching to a damaged store")
struct DamagedAttachTests {
  private let directory: TemporaryDirectory
  private let path: String
  private let whole: [UInt8]
  private static let keys = (0..<10).map { "k\($0)" }

  /// What the generator of a key gives: a function of the definitions.
  private static func text(_ key: String, _ definitions: [String: String]) -> String {
    let number = Int(key.dropFirst())!
    return "\(key) \(definitions[number % 2 == 0 ? "a" : "b"] ?? "none") \(definitions["c"] ?? "none")"
  }

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("store.wcache")
    do {
      var bench = try Bench(SourceStore(.file(path)), ["a": "0", "b": "0", "c": "0"])
      for round in 0..<6 {
        for key in DamagedAttachTests.keys {
          let asked = [Int(key.dropFirst())! % 2 == 0 ? "a" : "b", "c"]
          if try bench.served(key) == nil {
            try bench.insert(bench.trace(key, asking: asked, giving: DamagedAttachTests.text(key, bench.definitions)))
          }
        }
        if round < 5 { try bench.define([["a", "b", "c"][round % 3]: "\(round / 3 + 1)"]) }
      }
    }
    whole = try Bytes.read(path)
  }

  @Test("Whoever has the head's state is told a world of that state, or nothing", arguments: 0..<4 as Range<UInt64>)
  func attach(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let used = whole.indices.filter { whole[$0] != 0 }
    let definitions = ["a": "2", "b": "2", "c": "1"]
    var hits = 0
    for _ in 0..<150 {
      let (position, bit) = (used.randomElement(using: &random)!, UInt8.random(in: 0..<8, using: &random))
      var bytes = whole
      bytes[position] ^= 1 << bit
      for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
      try Bytes.write(bytes, to: path)
      guard let store = try? SourceStore(.existingFile(path)), let bench = try? Bench(store, definitions) else {
        continue
      }
      for key in DamagedAttachTests.keys {
        guard let served = try? bench.served(key) else { continue }
        hits += 1
        #expect(served == DamagedAttachTests.text(key, definitions), "bit \(bit) of byte \(position)")
      }
    }
    #expect(hits > 0)
  }
}

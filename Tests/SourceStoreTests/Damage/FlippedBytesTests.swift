import CacheIdentity
import SourceStore
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite("W12: whatever bytes of the file flip, a lookup errs, misses, or is right")
struct FlippedBytesTests {
  /// What a whole store serves: the only right answers, by key, lineage and world.
  private struct Expectation {
    var key: SourceKey
    var lineage: LineageID
    var world: WorldAge
    var text: String?
  }

  private let directory: TemporaryDirectory
  private let path: String
  private let expectations: [Expectation]
  private let size: Int

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("store.wcache")
    do {
      let store = try SourceStore(.file(path))
      var found: [Expectation] = []
      for lineage in ["main", "branch"] {
        var bench = try Bench(store, lineage: lineage, ["a": "0", "b": "0", "branch": lineage])
        for world in 0..<4 {
          for number in 0..<12 {
            let owner = number % 3 == 0 ? Owner("overlay") : .native
            let text =
              number % 5 == 4 ? nil : "\(number) \(lineage) \(world) " + String(repeating: "x", count: number * 9)
            try bench.insert(
              bench.trace("k\(number)", asking: [number % 2 == 0 ? "a" : "b", "branch"], giving: text, owner: owner))
          }
          try bench.define([world % 2 == 0 ? "a" : "b": "\(world + 1)"])
        }
        for world in 1...bench.world.number {
          for number in 0..<12 {
            for owner in [Owner("overlay"), .native, Owner("nobody")] {
              let (key, world) = (Bench.key("k\(number)", owner: owner), WorldAge(world))
              let present = try store.lookup(key, lineage: bench.lineage, world: world)
              found.append(
                Expectation(
                  key: key, lineage: bench.lineage, world: world, text: present.map { $0.source?.text ?? "declined" }))
            }
          }
        }
      }
      expectations = found
    }
    size = try Bytes.read(path).count
  }

  /// How many lookups errred, missed and were served; records an issue if one served something else.
  private func lookups(_ damage: @autoclosure () -> String) -> (errors: Int, misses: Int, hits: Int) {
    var counts = (errors: 0, misses: 0, hits: 0)
    guard let store = try? SourceStore(.readOnlyFile(path)) else { return (expectations.count, 0, 0) }
    for expectation in expectations {
      do {
        let found = try store.lookup(expectation.key, lineage: expectation.lineage, world: expectation.world)
        guard let found else {
          counts.misses += 1
          continue
        }
        counts.hits += 1
        let text = found.source.map { $0.text ?? "undecodable" } ?? "declined"
        if text != expectation.text {
          Issue.record("\(damage()): \(text) served at \(expectation.world), not \(expectation.text ?? "a miss")")
        }
      } catch {
        counts.errors += 1
      }
    }
    return counts
  }

  @Test("Without damage everything is as it was")
  func whole() {
    let counts = lookups("none")
    #expect(counts.errors == 0 && counts.hits == expectations.count { $0.text != nil } && counts.hits > 50)
  }

  @Test("Random bytes, one to three at a time", arguments: 0..<8 as Range<UInt64>)
  func randomBytes(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let file = open(path, O_RDWR)
    defer { close(file) }
    var errors = 0
    for _ in 0..<150 {
      let flips = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        (off_t(Int.random(in: 0..<size, using: &random)), UInt8.random(in: 1...255, using: &random))
      }
      flip(flips, in: file)
      errors += lookups("seed \(seed), \(flips)").errors > 0 ? 1 : 0
      flip(flips.reversed(), in: file)
    }
    #expect(errors > 0)
    #expect(lookups("restored").errors == 0)
  }

  @Test("Single bits of pages in use: ids, worlds and digests among them", arguments: 0..<8 as Range<UInt64>)
  func singleBits(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed &+ 1000)
    let bytes = try Bytes.read(path)
    let used = bytes.indices.filter { bytes[$0] != 0 }
    let file = open(path, O_RDWR)
    defer { close(file) }
    for _ in 0..<150 {
      let flips = [(off_t(used.randomElement(using: &random)!), UInt8(1) << UInt8.random(in: 0..<8, using: &random))]
      flip(flips, in: file)
      _ = lookups("seed \(seed), \(flips)")
      flip(flips, in: file)
    }
  }

  @Test("A file that is cut off, anywhere")
  func truncated() throws {
    var random = SeededGenerator(seed: 7)
    let bytes = try Bytes.read(path)
    for _ in 0..<60 {
      let count = Int.random(in: 0..<size, using: &random)
      try Bytes.write(bytes[..<count], to: path)
      _ = lookups("cut at \(count)")
    }
  }

  private func flip(_ flips: [(position: off_t, mask: UInt8)], in file: Int32) {
    for (position, mask) in flips {
      var byte: UInt8 = 0
      _ = pread(file, &byte, 1, position)
      byte ^= mask
      _ = pwrite(file, &byte, 1, position)
    }
  }
}

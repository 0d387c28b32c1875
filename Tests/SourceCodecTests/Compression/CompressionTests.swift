import CAllocations
import CacheIdentity
import SourceCodec
import Testing

@Suite("W9: compressed sources come out as they went in, or not at all")
struct CompressionTests {
  private let compression = SourceCompression()
  private let dictionary: CompressionDictionary

  init() throws {
    dictionary = try #require(CompressionDictionary.train(on: Samples.sources(400, size: 300), capacity: 4096))
  }

  private func compress(_ raw: [UInt8], _ dictionary: CompressionDictionary?) -> [UInt8]? {
    compression.compress(raw.span.bytes, with: dictionary)
  }

  private func decompress(_ stored: [UInt8], _ rawSize: Int, _ dictionary: CompressionDictionary?) throws -> [UInt8] {
    try compression.decompress(stored.span.bytes, rawSize: rawSize, with: dictionary)
  }

  @Test(
    "Sources of all sizes survive, with a dictionary and without",
    arguments: [20, 100, 255, 256, 450, 2048, 65_279, 65_280, 131_072, 131_073, 400_000])
  func roundTrip(size: Int) throws {
    for raw in Samples.sources(3, size: size, seed: UInt64(size)) + [[UInt8](repeating: 7, count: size)] {
      for dictionary in [nil, dictionary] {
        guard let stored = compress(raw, dictionary) else {
          #expect(size < 100)
          continue
        }
        #expect(stored.count < raw.count)
        #expect(try decompress(stored, size, dictionary) == raw)
        #expect(compress(raw, dictionary) == stored)
      }
    }
  }

  @Test("What does not shrink is not compressed", arguments: [0, 1, 2, 7, 100, 5000, 70_000, 140_000])
  func noise(size: Int) {
    let raw = Samples.noise(size)
    #expect(compress(raw, nil) == nil)
    #expect(compress(raw, dictionary) == nil)
  }

  @Test("A dictionary makes small sources less than half as long")
  func dictionaryPays() {
    let raw = Samples.sources(100, size: 100, seed: 99)
    let plain = raw.map { compress($0, nil)?.count ?? $0.count }.reduce(0, +)
    let stored = raw.map { compress($0, dictionary)?.count ?? $0.count }.reduce(0, +)
    #expect(stored * 2 < plain)
    #expect(stored * 2 < 100 * 100)
  }

  @Test("Another raw size than the true one is refused", arguments: [100, 300, 70_000])
  func wrongSize(size: Int) throws {
    let raw = Samples.sources(1, size: size)[0]
    let stored = try #require(compress(raw, dictionary))
    for wrong in [Int.min, -1, 0, 1, stored.count, size - 1, size + 1, 2 * size, Int.max] {
      #expect(throws: DecodingFailure(.notDecompressible(wrong), at: 0)) { try decompress(stored, wrong, dictionary) }
    }
  }

  @Test("A size beyond what the bytes can stand for is refused before anything is allocated")
  func bomb() throws {
    let raw = [UInt8](repeating: 0, count: 1 << 20)
    let stored = try #require(compress(raw, nil))
    let bytes = allocations_of_this_thread().bytes
    #expect(throws: DecodingFailure.self) { try decompress(stored, 1 << 40, nil) }
    #expect(allocations_of_this_thread().bytes - bytes < 1 << 20)
  }

  @Test("Whatever bytes come, the result is an error or of the size asked for")
  func mutations() throws {
    var random = Random(state: 5)
    for size in [60, 300, 2000, 66_000] {
      let raw = Samples.sources(1, size: size, seed: 3)[0]
      let stored = try #require(compress(raw, dictionary))
      for _ in 0..<1000 {
        var mutated = stored
        switch random.next(below: 3) {
        case 0: mutated[random.next(below: mutated.count)] ^= UInt8(1 << random.next(below: 8))
        case 1: mutated.removeLast(1 + random.next(below: mutated.count))
        default: mutated.insert(UInt8(random.next(below: 256)), at: random.next(below: mutated.count))
        }
        do {
          #expect(try decompress(mutated, size, dictionary).count == size)
        } catch {
          #expect(error as? DecodingFailure == DecodingFailure(.notDecompressible(size), at: 0))
        }
      }
    }
  }

  #if !DEBUG
    @Test("A call allocates its result, and nothing else")
    func allocations() throws {
      let raw = Samples.sources(1, size: 450)[0]
      let stored = try #require(compress(raw, dictionary))
      _ = try decompress(stored, 450, dictionary)
      var before = allocations_of_this_thread().count
      for _ in 0..<100 { _ = compression.compress(raw.span.bytes, with: dictionary) }
      #expect(allocations_of_this_thread().count - before <= 100)
      before = allocations_of_this_thread().count
      for _ in 0..<100 { _ = try compression.decompress(stored.span.bytes, rawSize: 450, with: dictionary) }
      #expect(allocations_of_this_thread().count - before <= 100)
    }
  #endif

  @Test("Many threads use one compression and two dictionaries at once")
  func threads() async throws {
    let other = try #require(CompressionDictionary.train(on: Samples.sources(400, size: 200, seed: 8), capacity: 2048))
    let failures = await withTaskGroup(of: Int.self) { group in
      for task in 0..<8 {
        group.addTask { [compression, dictionary] in
          Samples.sources(200, size: 50 + 90 * task, seed: UInt64(task)).enumerated().count { position, raw in
            let dictionary = [dictionary, other, nil][(task + position) % 3]
            guard let stored = compression.compress(raw.span.bytes, with: dictionary) else { return false }
            return raw
              != (try? compression.decompress(stored.span.bytes, rawSize: raw.count, with: dictionary))
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(failures == 0)
  }
}

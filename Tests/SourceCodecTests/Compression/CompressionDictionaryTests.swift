import CacheIdentity
import SourceCodec
import Testing

@Suite("A dictionary is trained on sources, and kept by its bytes")
struct CompressionDictionaryTests {
  @Test("Equal samples give equal bytes and digests; the capacity is kept")
  func deterministic() throws {
    let samples = Samples.sources(300, size: 200)
    let first = try #require(CompressionDictionary.train(on: samples, capacity: 3000))
    let second = try #require(CompressionDictionary.train(on: samples, capacity: 3000))
    #expect(first.bytes == second.bytes && first.digest == second.digest)
    #expect(first.bytes.count <= 3000)
    let other = try #require(CompressionDictionary.train(on: samples.reversed(), capacity: 2000))
    #expect(other.digest != first.digest)
  }

  @Test("Its bytes make the same dictionary again")
  func bytes() throws {
    let dictionary = try #require(CompressionDictionary.train(on: Samples.sources(300, size: 200), capacity: 3000))
    let again = try CompressionDictionary(bytes: dictionary.bytes)
    #expect(again.digest == dictionary.digest)
    let compression = SourceCompression()
    for raw in Samples.sources(20, size: 150, seed: 6) {
      let compressed = compression.compress(raw.span.bytes, with: dictionary)
      let stored = try #require(compressed)
      let decompressed = try compression.decompress(stored.span.bytes, rawSize: raw.count, with: again)
      #expect(decompressed == raw)
    }
  }

  @Test("Too few samples, or no room, train none", arguments: [(0, 4096), (3, 4096), (300, 0), (300, -1), (300, 100)])
  func tooFew(count: Int, capacity: Int) {
    #expect(CompressionDictionary.train(on: Samples.sources(count, size: 20), capacity: capacity) == nil)
  }

  @Test("Bytes that are no dictionary are refused")
  func damaged() throws {
    let bytes = try #require(CompressionDictionary.train(on: Samples.sources(300, size: 200), capacity: 3000)).bytes
    let failure = DecodingFailure(.invalidValue("a zstd dictionary"), at: 0)
    for wrong in [[], [1, 2, 3], Samples.noise(3000), Array(bytes.prefix(20)), Array(bytes.dropFirst())] {
      #expect(throws: failure) { try CompressionDictionary(bytes: wrong) }
    }
  }
}

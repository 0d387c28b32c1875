import CacheIdentity
import SourceCodec
import Testing

@Suite("W9: stored bytes are taken in with their digest, or not at all")
struct EncodedSourceTests {
  struct Pair: SourceCodable, Hashable {
    static let codec = CodecIdentity(name: "pair", version: 3)
    var number: Int64
    var text: String

    init(_ number: Int64, _ text: String) { (self.number, self.text) = (number, text) }
    init(from reader: inout ByteReader) throws(DecodingFailure) {
      number = try reader.readSigned()
      text = try reader.readText()
    }
    func encode(into writer: inout ByteWriter) {
      writer.write(signed: number)
      writer.write(text: text)
    }
  }

  struct Other: SourceCodable {
    static let codec = CodecIdentity(name: "pair", version: 4)
    init(from reader: inout ByteReader) throws(DecodingFailure) {}
    func encode(into writer: inout ByteWriter) {}
  }

  private let pair = Pair(-7, "x + 1")

  @Test("A source survives its bytes, and equal sources have equal digests")
  func roundTrip() throws {
    let encoded = EncodedSource(pair)
    #expect(try encoded.open() == pair)
    #expect(EncodedSource(Pair(-7, "x + 1")) == encoded)
    #expect(EncodedSource(Pair(-8, "x + 1")).digest != encoded.digest)
    #expect(try EncodedSource(codec: "pair/3", payload: encoded.payload, verifying: encoded.digest) == encoded)
  }

  @Test("The codec's version is part of the identity, and another version is not opened")
  func otherCodec() throws {
    let encoded = EncodedSource(pair)
    #expect(throws: DecodingFailure(.wrongCodec(found: "pair/3", expected: "pair/4"), at: 0)) {
      try encoded.open(Other.self)
    }
    #expect(throws: DecodingFailure.self) {
      try EncodedSource(codec: "pair/4", payload: encoded.payload, verifying: encoded.digest)
    }
  }

  @Test("Any flipped bit is seen, and both digests are named")
  func flippedBits() throws {
    let encoded = EncodedSource(pair)
    for position in encoded.payload.indices {
      for bit in 0..<8 {
        var payload = encoded.payload
        payload[position] ^= 1 << UInt8(bit)
        let failure = #expect(throws: DecodingFailure.self) {
          try EncodedSource(codec: encoded.codec, payload: payload, verifying: encoded.digest)
        }
        guard case .wrongDigest(let found, let expected)? = failure?.problem else { continue }
        #expect(expected == encoded.digest && found != expected)
      }
    }
  }

  @Test("A payload that goes on after the source is refused")
  func trailing() throws {
    var builder = DigestBuilder(domain: "worldcache.source.v1")
    let payload = EncodedSource(pair).payload + [0]
    builder.add("codec", "pair/3")
    builder.add("payload", payload)
    let encoded = try EncodedSource(codec: "pair/3", payload: payload, verifying: builder.finalize())
    #expect(throws: DecodingFailure(.trailing(1), at: payload.count - 1)) { try encoded.open(Pair.self) }
  }
}

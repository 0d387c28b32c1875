import CacheIdentity
import SourceCodec

/// The smallest source there is: a text.
struct TextSource: SourceCodable, Hashable {
  static let codec = CodecIdentity(name: "text", version: 1)
  var text: String

  init(_ text: String) { self.text = text }
  init(from reader: inout ByteReader) throws(DecodingFailure) { text = try reader.readText() }
  func encode(into writer: inout ByteWriter) { writer.write(text: text) }
}

extension EncodedSource {
  /// The text of a ``TextSource``; `nil` if it is something else.
  var text: String? { (try? open(TextSource.self))?.text }
}

/// A digest of a text, for whatever needs one.
func digest(_ text: String) -> Digest {
  var builder = DigestBuilder(domain: "test")
  builder.add("text", text)
  return builder.finalize()
}

/// Numbers that are the same in every run: splitmix64.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}

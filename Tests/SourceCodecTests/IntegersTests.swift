import SourceCodec
import Testing

@Suite("Numbers, texts and counts have one encoding each")
struct IntegersTests {
  private static let unsigned: [UInt64] =
    [0, 1, 127, 128, 255, 16383, 16384, 1 << 31, 1 << 32, 1 << 62, 1 << 63, .max - 1, .max]

  @Test("An unsigned integer survives, in the fewest bytes", arguments: unsigned)
  func unsignedRoundTrip(number: UInt64) throws {
    var writer = ByteWriter()
    writer.write(unsigned: number)
    #expect(writer.bytes.count == max(1, (64 - number.leadingZeroBitCount + 6) / 7))
    var reader = ByteReader(writer.bytes)
    #expect(try reader.readUnsigned() == number)
    try reader.finish()
  }

  @Test("A signed integer survives", arguments: [0, -1, 1, 63, -64, 64, -65, .max, .min, .min + 1] as [Int64])
  func signedRoundTrip(number: Int64) throws {
    var writer = ByteWriter()
    writer.write(signed: number)
    var reader = ByteReader(writer.bytes)
    #expect(try reader.readSigned() == number)
    #expect(number < -64 || number > 63 || writer.bytes.count == 1)
  }

  @Test(
    "A longer form of a number, or one of more than 64 bits, is refused",
    arguments: [
      [0x80, 0x00], [0xff, 0x00], [0x80, 0x80, 0x00], [UInt8](repeating: 0x80, count: 9) + [0x02],
      [UInt8](repeating: 0xff, count: 9) + [0x7f], [UInt8](repeating: 0x80, count: 9) + [0x00],
      [UInt8](repeating: 0xff, count: 9) + [0x81, 0x00],
    ])
  func notCanonical(bytes: [UInt8]) {
    let failure = #expect(throws: DecodingFailure.self) {
      var reader = ByteReader(bytes)
      _ = try reader.readUnsigned()
    }
    #expect(failure?.problem == .notCanonical)
  }

  @Test("A number that is cut off says so", arguments: [[], [0x80], [UInt8](repeating: 0x80, count: 9)])
  func truncated(bytes: [UInt8]) {
    let failure = #expect(throws: DecodingFailure.self) {
      var reader = ByteReader(bytes)
      _ = try reader.readUnsigned()
    }
    #expect(failure == DecodingFailure(.truncated(needed: 1), at: bytes.count))
  }

  @Test("A count that the bytes cannot hold is refused before anything is reserved", arguments: [2, 1 << 40, .max])
  func hugeCount(count: UInt64) {
    var writer = ByteWriter()
    writer.write(unsigned: count)
    writer.write(byte: 0)
    let start = ByteReader(writer.bytes)
    let failures = [
      #expect(throws: DecodingFailure.self) {
        var reader = start
        _ = try reader.readData()
      },
      #expect(throws: DecodingFailure.self) {
        var reader = start
        _ = try reader.readText()
      },
      #expect(throws: DecodingFailure.self) {
        var reader = start
        _ = try reader.readCount()
      },
    ]
    #expect(failures.allSatisfy { $0?.problem == .tooLarge(count) })
  }

  @Test("A count is checked against the least size of what it counts")
  func countOfLargeThings() throws {
    var writer = ByteWriter()
    writer.write(count: 2)
    writer.write(word: 1)
    writer.write(word: 2)
    var reader = ByteReader(writer.bytes)
    #expect(try reader.readCount(minimumSize: 8) == 2)
    var again = ByteReader(writer.bytes)
    #expect(throws: DecodingFailure(.tooLarge(2), at: 1)) { try again.readCount(minimumSize: 9) }
  }

  @Test("A position larger than an Int is refused")
  func hugePosition() {
    var writer = ByteWriter()
    writer.write(unsigned: .max)
    var reader = ByteReader(writer.bytes)
    #expect(throws: DecodingFailure(.tooLarge(.max), at: 10)) { try reader.readInt() }
  }

  @Test("Texts are UTF-8 or refused where they begin; zero bytes and other scripts survive")
  func texts() throws {
    for text in ["", "a\0b", "π ∞ 🌍", String(repeating: "x", count: 300)] {
      var writer = ByteWriter()
      writer.write(text: text)
      var reader = ByteReader(writer.bytes)
      #expect(try reader.readText() == text)
    }
    var reader = ByteReader([7, 2, 0xc3, 0x28])
    _ = try reader.readByte()
    #expect(throws: DecodingFailure(.notUTF8, at: 1)) { try reader.readText() }
  }

  @Test(
    "A text that is skipped is checked like one that is read, whatever is wrong with it, at each place",
    arguments: 0...40)
  func skipping(count: Int) {
    let plain = [UInt8(count)] + (0..<count).map { UInt8(97 + $0 % 26) }
    for damaged in 0...count {
      for byte in [0x41, 0x80, 0xc3, 0xff] as [UInt8] {
        var bytes = plain
        bytes[damaged] = byte
        #expect(
          outcome(bytes) { (cursor) throws(DecodingFailure) in _ = try cursor.readText() }
            == outcome(bytes) { (cursor) throws(DecodingFailure) in try cursor.skipText() })
      }
    }
  }

  /// Where a cursor stands after reading, or why it failed.
  private func outcome(
    _ bytes: [UInt8], _ read: (inout ByteCursor) throws(DecodingFailure) -> Void
  ) -> Result<Int, DecodingFailure> {
    var reader = ByteReader(bytes)
    do throws(DecodingFailure) {
      return .success(
        try reader.withCursor { (cursor) throws(DecodingFailure) in
          let start = cursor
          try read(&cursor)
          #expect(Array(cursor.bytes(since: start)) == Array(bytes[..<cursor.offset]))
          return cursor.offset
        })
    } catch { return .failure(error) }
  }

  @Test("What is left over is refused")
  func trailing() throws {
    var reader = ByteReader([1, 2, 3])
    _ = try reader.readByte()
    #expect(reader.offset == 1 && reader.remaining == 2)
    #expect(throws: DecodingFailure(.trailing(2), at: 1)) { try reader.finish() }
  }

  @Test("Offsets in a slice count from its start")
  func slices() throws {
    let bytes: [UInt8] = [9, 9, 1, 2]
    var reader = ByteReader(bytes[2...])
    #expect(try reader.readByte() == 1)
    #expect(reader.offset == 1)
    #expect(throws: DecodingFailure(.truncated(needed: 7), at: 1)) { try reader.readWord() }
  }
}

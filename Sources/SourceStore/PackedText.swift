#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How texts stand in `packed_text`: as they are, or with abbreviations. `docs/schema.md` shows how SQL reads them.
///
/// An abbreviation is a character that few texts have, and stands for a few that many texts have. Its row has the character's number as
/// id, and may have abbreviations itself. A text that has such a character itself stands there as it is, behind a DELETE.
///
/// Invariant: what an abbreviation stands for never changes, so whoever knows it need not look again.
enum PackedText {
  /// Characters of one byte, then those of two; none that joins the one before it.
  static let codes = Array(1...31) + Array(128..<768)
  private static let escape: UInt8 = 0x7f
  /// A text that is longer than this with its abbreviations written out is damage.
  private static let longestMeaning = 1 << 16

  /// A text as it is stored without abbreviations.
  static func stored(_ text: String) -> String {
    isPlain(text.utf8) ? text : "\u{7f}" + text
  }

  /// The text that is stored; `nil` if it has a code without a meaning.
  static func expanded(_ stored: String, _ meanings: [Int: [UInt8]]) -> String? {
    if isPlain(stored.utf8) { return stored }
    if stored.utf8.first == escape { return String(stored.dropFirst()) }
    return writtenOut(stored, meanings).map { String(decoding: $0, as: UTF8.self) }
  }

  /// What abbreviations stand for, in bytes, without abbreviations. One that stands for itself by way of others, or for far too much,
  /// stands for nothing.
  static func meanings(of rows: [(code: Int, content: String)]) -> [Int: [UInt8]] {
    var meanings: [Int: [UInt8]] = [:]
    var open = rows
    while !open.isEmpty {
      let known = meanings.count
      open.removeAll { row in
        guard let meaning = writtenOut(row.content, meanings) else { return false }
        if !meaning.isEmpty, meaning.count <= longestMeaning { meanings[row.code] = meaning }
        return true
      }
      if meanings.count == known { break }
    }
    return meanings
  }

  private static func writtenOut(_ stored: String, _ meanings: [Int: [UInt8]]) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in stored.unicodeScalars {
      guard isCode(scalar.value) else {
        bytes.append(contentsOf: UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter)
        continue
      }
      guard let meaning = meanings[Int(scalar.value)] else { return nil }
      bytes.append(contentsOf: meaning)
    }
    return bytes
  }

  /// A code as it stands in a text.
  static func bytes(of code: Int) -> [UInt8]? { Unicode.Scalar(code).flatMap { UTF8.encode($0) }.map { Array($0) } }

  private static func isCode(_ number: UInt32) -> Bool { number < 32 || (128..<768).contains(number) }

  /// Whether it has no abbreviation, nor anything that looks like one.
  private static func isPlain(_ bytes: String.UTF8View) -> Bool {
    var isFirst = true
    for byte in bytes {
      if byte < 0x20 || (0xc2...0xcb).contains(byte) || (isFirst && byte == escape) { return false }
      isFirst = false
    }
    return true
  }
}

/// Writes texts in as few bytes as a set of abbreviations allows.
struct TextPacker {
  /// What abbreviations stand for, by its first byte.
  private var words: [[(meaning: [UInt8], code: [UInt8])]] = Array(repeating: [], count: 256)

  /// - Parameter meanings: What abbreviations stand for, without abbreviations.
  init(_ meanings: [Int: [UInt8]]) {
    for (code, meaning) in meanings.sorted(by: { $0.key < $1.key }) {
      guard let first = meaning.first, let code = PackedText.bytes(of: code) else { continue }
      words[Int(first)].append((meaning, code))
    }
  }

  /// A text as it is stored.
  func packed(_ text: String) -> String {
    let stored = PackedText.stored(text)
    guard stored.utf8.count == text.utf8.count else { return stored }
    return String(decoding: packed(Array(text.utf8), below: .max), as: UTF8.self)
  }

  /// - Parameter length: Abbreviations for as much or more are not used, so that none is used in its own meaning.
  func packed(_ text: [UInt8], below length: Int) -> [UInt8] {
    // For each place, the least number of bytes from there to the end, and the word that the rest begins with.
    var least = Array(repeating: 0, count: text.count + 1)
    var choice: [(meaning: [UInt8], code: [UInt8])?] = Array(repeating: nil, count: text.count)
    for start in text.indices.reversed() {
      least[start] = least[start + 1] + 1
      for word in words[Int(text[start])] where word.meaning.count < length {
        let end = start + word.meaning.count
        guard end <= text.count, least[end] + word.code.count < least[start], text.has(word.meaning, at: start) else {
          continue
        }
        least[start] = least[end] + word.code.count
        choice[start] = word
      }
    }
    var bytes: [UInt8] = []
    var start = 0
    while start < text.count {
      bytes.append(contentsOf: choice[start]?.code ?? [text[start]])
      start += choice[start]?.meaning.count ?? 1
    }
    return bytes
  }
}

extension [UInt8] {
  /// Whether a word that ends before this does stands at an offset.
  fileprivate func has(_ word: [UInt8], at offset: Int) -> Bool {
    withUnsafeBytes { bytes in
      word.withUnsafeBytes { word in
        guard let base = bytes.baseAddress, let other = word.baseAddress else { return false }
        return memcmp(base + offset, other, word.count) == 0
      }
    }
  }
}

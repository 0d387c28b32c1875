#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How texts stand in `packed_text`: as they are, or with abbreviations. `docs/schema.md` shows how SQL reads them.
///
/// An abbreviation is a character that no text for people has, a control character, and stands for a few that many texts have. Its row has
/// the character's number as id. A text that has such a character itself stands there as it is, behind a DELETE.
///
/// Invariant: what an abbreviation stands for never changes, so whoever knows it need not look again.
enum PackedText {
  /// Characters of one byte, then those of two.
  static let codes = Array(1...31) + Array(128...159)
  private static let escape: UInt8 = 0x7f

  /// A text as it is stored without abbreviations.
  static func stored(_ text: String) -> String {
    isPlain(text.utf8) ? text : "\u{7f}" + text
  }

  /// The text that is stored; `nil` if it has a code without a meaning.
  static func expanded(_ stored: String, _ meanings: [Int: [UInt8]]) -> String? {
    if isPlain(stored.utf8) { return stored }
    if stored.utf8.first == escape { return String(stored.dropFirst()) }
    var bytes: [UInt8] = []
    for scalar in stored.unicodeScalars {
      guard isCode(scalar.value) else {
        bytes.append(contentsOf: UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter)
        continue
      }
      guard let meaning = meanings[Int(scalar.value)] else { return nil }
      bytes.append(contentsOf: meaning)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A text with abbreviations, the most useful first.
  static func packed(_ text: String, _ abbreviations: [(code: Int, meaning: [UInt8])]) -> String {
    guard isPlain(text.utf8) else { return stored(text) }
    var parts: [(code: Int?, bytes: ArraySlice<UInt8>)] = [(nil, Array(text.utf8)[...])]
    for (code, meaning) in abbreviations {
      var next: [(code: Int?, bytes: ArraySlice<UInt8>)] = []
      for part in parts {
        guard part.code == nil else {
          next.append(part)
          continue
        }
        for (number, rest) in part.bytes.pieces(between: meaning).enumerated() {
          if number > 0 { next.append((code, [])) }
          if !rest.isEmpty { next.append((nil, rest)) }
        }
      }
      parts = next
    }
    var bytes: [UInt8] = []
    for part in parts {
      guard let code = part.code.flatMap({ Unicode.Scalar($0) }), let encoded = UTF8.encode(code) else {
        bytes.append(contentsOf: part.bytes)
        continue
      }
      bytes.append(contentsOf: encoded)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isCode(_ number: UInt32) -> Bool { number < 32 || (128..<160).contains(number) }

  /// Whether it has no abbreviation, nor anything that looks like one.
  private static func isPlain(_ bytes: String.UTF8View) -> Bool {
    var previous: UInt8 = 0
    for byte in bytes {
      if byte < 0x20 || (previous == 0xc2 && byte < 0xa0) || (previous == 0 && byte == escape) { return false }
      previous = byte
    }
    return true
  }
}

extension ArraySlice<UInt8> {
  /// What is left when all occurrences of `word` are taken out, in order: one more than they are.
  func pieces(between word: [UInt8]) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var (start, index) = (startIndex, startIndex)
    while index + word.count <= endIndex {
      if self[index] == word[0], self[index..<index + word.count].elementsEqual(word) {
        pieces.append(self[start..<index])
        index += word.count
        start = index
      } else {
        index += 1
      }
    }
    pieces.append(self[start...])
    return pieces
  }
}

/// Which abbreviations to make for texts: a function of a sample, apart from any effect.
struct AbbreviationChoice {
  private static let lengths = 3...48
  private static let longestRun = 10
  private static let candidates = 4_000
  /// What an abbreviation's own row takes besides its characters.
  private static let rowBytes = 8

  /// What to abbreviate, the most useful first.
  private(set) var meanings: [[UInt8]] = []
  /// The bytes that they save in the sample, without their own.
  private(set) var saved = 0

  init(sample: [String]) {
    // Texts stand one after the other, each behind a zero, which no word has.
    var rest: [UInt8] = []
    for text in sample {
      rest.append(0)
      rest.append(contentsOf: text.utf8)
    }
    var open = AbbreviationChoice.candidates(in: rest.split(separator: 0))
    while meanings.count < PackedText.codes.count {
      let codeBytes = PackedText.codes[meanings.count] < 128 ? 1 : 2
      // What was chosen takes from the others, never gives: the best by old counts is the best if its new count keeps it there.
      guard let best = open.indices.max(by: { open[$0].gain < open[$1].gain }) else { return }
      let word = open[best].word
      let found = rest.offsets(of: word)
      let gain = found.count * (word.count - codeBytes) - word.count - AbbreviationChoice.rowBytes
      if gain < open[best].gain {
        if gain <= AbbreviationChoice.rowBytes { open.swapRemove(at: best) } else { open[best].gain = gain }
        continue
      }
      meanings.append(word)
      saved += gain
      open.swapRemove(at: best)
      for offset in found { for index in offset..<offset + word.count { rest[index] = 0 } }
    }
  }

  /// Runs of words and punctuation that occur more than once, by what they would save alone.
  private static func candidates(in texts: [ArraySlice<UInt8>]) -> [(word: [UInt8], gain: Int)] {
    var counts: [ArraySlice<UInt8>: Int] = [:]
    for text in texts {
      let bounds = text.wordBounds
      for (number, start) in bounds.enumerated() {
        for end in bounds[(number + 1)...].prefix(longestRun) where lengths.contains(end - start) {
          counts[text[start..<end], default: 0] += 1
        }
      }
    }
    let found = counts.compactMap { word, count -> (word: [UInt8], gain: Int)? in
      let gain = count * (word.count - 1) - word.count - rowBytes
      return count > 1 && gain > rowBytes ? (Array(word), gain) : nil
    }
    // Equal texts make equal choices.
    let ordered = found.sorted { $0.gain == $1.gain ? $0.word.lexicographicallyPrecedes($1.word) : $0.gain > $1.gain }
    return Array(ordered.prefix(candidates))
  }
}

extension Array {
  /// Takes an element out; the last one goes to its place.
  fileprivate mutating func swapRemove(at index: Int) {
    swapAt(index, count - 1)
    removeLast()
  }
}

extension [UInt8] {
  /// Where a word occurs, one after the other.
  fileprivate func offsets(of word: [UInt8]) -> [Int] {
    var offsets: [Int] = []
    withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      var offset = 0
      while offset + word.count <= bytes.count,
        let found = memchr(base + offset, Int32(word[0]), bytes.count - word.count - offset + 1)
      {
        offset = UnsafeRawPointer(found) - base
        if memcmp(found, word, word.count) == 0 {
          offsets.append(offset)
          offset += word.count
        } else {
          offset += 1
        }
      }
    }
    return offsets
  }
}

extension ArraySlice<UInt8> {
  /// Where words begin and end; punctuation stands alone.
  fileprivate var wordBounds: [Int] {
    var bounds = [startIndex]
    for index in indices.dropFirst() where !(self[index].isOfWord && self[index - 1].isOfWord) { bounds.append(index) }
    if endIndex > startIndex { bounds.append(endIndex) }
    return bounds
  }
}

extension UInt8 {
  /// A letter, a digit, or a part of a character that is not ASCII, within which nothing is cut.
  fileprivate var isOfWord: Bool {
    self >= 0x80 || (0x30...0x39).contains(self) || (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self)
      || self == 0x5f
  }
}

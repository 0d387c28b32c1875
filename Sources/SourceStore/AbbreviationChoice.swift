#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Which abbreviations to make for texts: a function of a sample, apart from any effect.
///
/// Rounds of the same choice: what one round abbreviates is a word for the next, so that abbreviations nest.
struct AbbreviationChoice {
  private static let lengths = 2...48
  private static let longestRun = 10
  private static let candidates = 4_000
  private static let rounds = 8
  private static let perRound = 64
  /// What an abbreviation's own row takes besides its characters.
  private static let rowBytes = 8

  /// What to abbreviate, the most useful first, in bytes that may have the codes of those before it.
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
    for _ in 0..<AbbreviationChoice.rounds where !choose(from: &rest) { return }
  }

  /// Chooses some, and puts them in the texts' place. Returns whether there can be more.
  private mutating func choose(from rest: inout [UInt8]) -> Bool {
    var open = AbbreviationChoice.candidates(in: rest.split(separator: 0))
    let end = meanings.count + AbbreviationChoice.perRound
    let before = meanings.count
    while meanings.count < PackedText.codes.count {
      guard meanings.count < end else { return true }
      guard let code = PackedText.bytes(of: PackedText.codes[meanings.count]) else { return false }
      // What was chosen takes from the others, never gives: the best by old counts is the best if its new count keeps it there.
      guard let best = open.indices.max(by: { open[$0].gain < open[$1].gain }) else { return meanings.count > before }
      let word = open[best].word
      let found = rest.offsets(of: word)
      let gain = found.count * (word.count - code.count) - word.count - AbbreviationChoice.rowBytes
      if gain < open[best].gain {
        if gain <= AbbreviationChoice.rowBytes { open.swapRemove(at: best) } else { open[best].gain = gain }
        continue
      }
      meanings.append(word)
      saved += gain
      open.swapRemove(at: best)
      rest.replace(word.count, at: found, by: code)
    }
    return false
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
  /// Puts a word in the place of those that begin at some offsets, in order.
  fileprivate mutating func replace(_ length: Int, at offsets: [Int], by word: [UInt8]) {
    var made: [UInt8] = []
    made.reserveCapacity(count)
    var start = 0
    for offset in offsets {
      made.append(contentsOf: self[start..<offset])
      made.append(contentsOf: word)
      start = offset + length
    }
    made.append(contentsOf: self[start...])
    self = made
  }

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
  /// Where words begin and end; punctuation and abbreviations stand alone.
  fileprivate var wordBounds: [Int] {
    var bounds = [startIndex]
    for index in indices.dropFirst() {
      let isCodes = index > startIndex + 1 && self[index - 2].leadsCode
      let isWithin = self[index].isOfWord && self[index - 1].isOfWord && !self[index].leadsCode && !isCodes
      if !isWithin { bounds.append(index) }
    }
    if endIndex > startIndex { bounds.append(endIndex) }
    return bounds
  }
}

extension UInt8 {
  /// The first of the two bytes of an abbreviation.
  fileprivate var leadsCode: Bool { (0xc2...0xcb).contains(self) }

  /// A letter, a digit, or a part of a character that is not ASCII, within which nothing is cut.
  fileprivate var isOfWord: Bool {
    self >= 0x80 || (0x30...0x39).contains(self) || (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self)
      || self == 0x5f
  }
}

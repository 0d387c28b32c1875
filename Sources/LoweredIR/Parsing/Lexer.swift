/// Splits a text into tokens, one at a time. A copy of it looks ahead.
struct Lexer {
  /// Which of the two notations is read.
  enum Mode {
    /// `#` begins a comment.
    case program
    /// The text form of lowered code: `#` begins a name, as those of the slots that lowering adds.
    case code
  }

  let file: String
  private let bytes: [UInt8]
  private let mode: Mode
  private var place = Token.Place(offset: 0, line: 1, lineStart: 0)

  init(_ text: String, file: String, mode: Mode = .program) {
    bytes = Array(text.utf8)
    self.file = file
    self.mode = mode
  }

  /// The location of a place; columns count Unicode scalars.
  func location(of place: Token.Place) -> SourceLocation {
    let column = bytes[place.lineStart..<place.offset].count { $0 & 0xc0 != 0x80 } + 1
    return SourceLocation(file: file, line: place.line, column: column)
  }

  mutating func next() throws(SyntaxError) -> Token {
    let isSpaced = skipSpace()
    let start = place
    let kind = try readKind()
    let token = Token(kind: kind, place: start, isSpaced: isSpaced)
    if kind == .newline {
      place.line += 1
      place.lineStart = place.offset
    }
    return token
  }

  private func byte(_ distance: Int = 0) -> UInt8? {
    let index = place.offset + distance
    return index < bytes.count ? bytes[index] : nil
  }

  private func error(_ problem: SyntaxError.Problem, at place: Token.Place? = nil) -> SyntaxError {
    SyntaxError(problem, at: location(of: place ?? self.place))
  }

  private func text(from start: Int) -> String { String(decoding: bytes[start..<place.offset], as: UTF8.self) }

  /// The scalar here and its length. The bytes come from a `String`, so they are well-formed.
  private func scalar() -> (Unicode.Scalar, Int)? {
    guard let first = byte() else { return nil }
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    let text = String(decoding: bytes[place.offset..<Swift.min(place.offset + length, bytes.count)], as: UTF8.self)
    return text.unicodeScalars.first.map { ($0, length) }
  }

  private mutating func skipSpace() -> Bool {
    let start = place.offset
    while let byte = byte() {
      if byte == UInt8(ascii: "#"), mode == .program {
        while let other = self.byte(), other != UInt8(ascii: "\n") { place.offset += 1 }
      } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") {
        place.offset += 1
      } else {
        break
      }
    }
    return place.offset > start
  }

  private mutating func readKind() throws(SyntaxError) -> Token.Kind {
    guard let (scalar, length) = scalar() else { return .endOfInput }
    switch scalar {
    case "\n":
      place.offset += 1
      return .newline
    case "\"":
      place.offset += 1
      return .string(try readString())
    case "0"..."9": return try readNumber()
    case "#" where mode == .code: return try readWord()
    default:
      if Name.beginsName(scalar) { return try readWord() }
      if let mark = readMark(scalar) { return .mark(mark) }
      let character = String(decoding: bytes[place.offset..<place.offset + length], as: UTF8.self).first ?? " "
      throw error(.unexpectedCharacter(character))
    }
  }

  private mutating func readWord() throws(SyntaxError) -> Token.Kind {
    let start = place.offset
    if byte() == UInt8(ascii: "#") { place.offset += 1 }
    while let (scalar, length) = scalar(), Name.continuesName(scalar) { place.offset += length }
    // `x!=y` compares; `push!` is a name.
    if byte() == UInt8(ascii: "!"), byte(1) != UInt8(ascii: "=") { place.offset += 1 }
    let word = text(from: start)
    if byte() == UInt8(ascii: "\""), word == "var" {
      place.offset += 1
      return .quotedName(try readString())
    }
    // Keywords are short and in lower case: most names need no look-up.
    if word.utf8.count <= 8, bytes[start] >= UInt8(ascii: "a"), let keyword = Keyword.table[word] {
      return .keyword(keyword)
    }
    return .name(word)
  }

  private mutating func readString() throws(SyntaxError) -> String {
    var start = place
    start.offset -= 1
    var content: [UInt8] = []
    while let byte = byte(), byte != UInt8(ascii: "\n") {
      switch byte {
      case UInt8(ascii: "\""):
        place.offset += 1
        return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "$"): throw error(.unexpectedCharacter("$"))
      case UInt8(ascii: "\\"):
        place.offset += 1
        content.append(try readEscape())
      default:
        content.append(byte)
        place.offset += 1
      }
    }
    throw error(.unterminatedString, at: start)
  }

  private mutating func readEscape() throws(SyntaxError) -> UInt8 {
    guard let (scalar, length) = scalar() else { throw error(.unterminatedString) }
    let meaning: UInt8
    switch scalar {
    case "n": meaning = UInt8(ascii: "\n")
    case "t": meaning = UInt8(ascii: "\t")
    case "r": meaning = UInt8(ascii: "\r")
    case "\\", "\"", "$": meaning = UInt8(ascii: scalar)
    default: throw error(.unknownEscape(Character(scalar)))
    }
    place.offset += length
    return meaning
  }

  private mutating func readNumber() throws(SyntaxError) -> Token.Kind {
    let start = place
    if byte() == UInt8(ascii: "0"), byte(1) == UInt8(ascii: "x") {
      place.offset += 2
      skipNameScalars()
      guard let bits = UInt64(text(from: start.offset + 2), radix: 16) else {
        throw error(.invalidNumber(text(from: start.offset)), at: start)
      }
      return .bits(bits)
    }
    var isInteger = true
    skipDigits()
    if byte() == UInt8(ascii: "."), let next = byte(1), isDigit(next) {
      isInteger = false
      place.offset += 1
      skipDigits()
    }
    if byte() == UInt8(ascii: "e") {
      let isSigned = byte(1) == UInt8(ascii: "-") || byte(1) == UInt8(ascii: "+")
      if let digit = byte(isSigned ? 2 : 1), isDigit(digit) {
        isInteger = false
        place.offset += isSigned ? 2 : 1
        skipDigits()
      }
    }
    let end = place.offset
    skipNameScalars()
    if place.offset == end {
      if isInteger, let number = UInt64(text(from: start.offset)) { return .integer(number) }
      if !isInteger, let number = Double(text(from: start.offset)), number.isFinite { return .float(number) }
    }
    throw error(.invalidNumber(text(from: start.offset)), at: start)
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private mutating func skipDigits() {
    while let byte = byte(), isDigit(byte) { place.offset += 1 }
  }

  private mutating func skipNameScalars() {
    while let (scalar, length) = scalar(), Name.continuesName(scalar) { place.offset += length }
  }

  private mutating func readMark(_ scalar: Unicode.Scalar) -> Mark? {
    let second = byte(1)
    let third = byte(2)
    let mark: Mark
    switch scalar {
    case "(": mark = .leftParenthesis
    case ")": mark = .rightParenthesis
    case "[": mark = .leftBracket
    case "]": mark = .rightBracket
    case "{": mark = .leftBrace
    case "}": mark = .rightBrace
    case ",": mark = .comma
    case ";": mark = .semicolon
    case ".": mark = second == UInt8(ascii: ".") && third == UInt8(ascii: ".") ? .ellipsis : .dot
    case ":":
      // `:==` is the symbol of an operator.
      if second == UInt8(ascii: ":") {
        mark = .doubleColon
      } else {
        mark = mode == .code && second == UInt8(ascii: "=") && third != UInt8(ascii: "=") ? .define : .colon
      }
    case "?": mark = .question
    case "$": mark = .dollar
    case "@": mark = .at
    case "=": mark = second != UInt8(ascii: "=") ? .assign : third == UInt8(ascii: "=") ? .identical : .equal
    case "!": mark = second != UInt8(ascii: "=") ? .not : third == UInt8(ascii: "=") ? .notIdentical : .notEqual
    case "<": mark = second == UInt8(ascii: "=") ? .lessOrEqual : second == UInt8(ascii: ":") ? .subtype : .less
    case ">": mark = second == UInt8(ascii: "=") ? .greaterOrEqual : .greater
    case "|" where second == UInt8(ascii: "|"): mark = .or
    case "&" where second == UInt8(ascii: "&"): mark = .and
    case "+": mark = .plus
    case "-": mark = .minus
    case "*": mark = .times
    case "/":
      mark = second == UInt8(ascii: "/") ? .quotient : .over
      if mark == .quotient { place.offset += 2 } else { place.offset += 1 }
      return mark
    case "÷": mark = .quotient
    case "%": mark = .remainder
    case "^": mark = .power
    default: return nil
    }
    place.offset += mark.rawValue.utf8.count
    return mark
  }
}

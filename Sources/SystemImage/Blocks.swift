import CacheIdentity
import SourceCodec

// The blocks of tables, column by column: what is alike lies together, for compression.
//
//   texts       = for each column: text × records; then for each column of numbers: zigzag × records
//   answers     = tag: u8 × records, first × records, second × records, third × records: text; digest: varint × records;
//                 number of entries that rest on the answer: varint × records; those entries: ascending × records
//   tags        = 1 method, 2 dispatch, 3 lookup: table, function, arguments; 4 binding: module, name, ""
//   traces      = specialization: varint × records (0: the text itself; n: a template for edge n - 1's question);
//                 text × records, of which Specialization.swift has the grammar; process: varint;
//                 generated at: zigzag of the difference to the one before;
//                 nanoseconds: zigzag; world: zigzag of the image's minus its own; declared from: zigzag;
//                 edges: varint × records; edge × all of them; entries that rest on the source: varint × records; ascending
//   edge        = varint: (zigzag of the difference to the edge before, of the same kind, in this entry) * 2 + kind
//   kind        = 0: an answer's number in answers, 1: an entry's number, for the question about its source
//   ascending   = the first number, then differences minus one: varints

/// A block of texts and numbers.
struct TextBlock {
  /// Column by column.
  let texts: [[String]]
  let numbers: [[Int64]]

  init(texts: [[String]], numbers: [[Int64]]) {
    self.texts = texts
    self.numbers = numbers
  }

  init(_ block: BlockBytes, texts: Int, numbers: Int, _ table: TableReader) throws(ImageError) {
    self = try table.decode(block) { reader throws(DecodingFailure) in
      var textColumns: [[String]] = []
      for _ in 0..<texts {
        textColumns.append(try reader.readColumn(block.records) { r throws(DecodingFailure) in try r.readText() })
      }
      var numberColumns: [[Int64]] = []
      for _ in 0..<numbers {
        numberColumns.append(try reader.readColumn(block.records) { r throws(DecodingFailure) in try r.readSigned() })
      }
      return TextBlock(texts: textColumns, numbers: numberColumns)
    }
  }

  var encoded: [UInt8] {
    var writer = ByteWriter()
    for column in texts { for text in column { writer.write(text: text) } }
    for column in numbers { for number in column { writer.write(signed: number) } }
    return writer.bytes
  }
}

/// A block of questions with their answers.
struct AnswerBlock {
  struct Row: Hashable {
    var question: Question
    /// The answer's number in the section `digests`.
    var digest: Int
    /// The entries that rest on it, ascending.
    var dependents: [Int]
  }

  var rows: [Row]

  init(rows: [Row]) { self.rows = rows }

  init(_ block: BlockBytes, _ table: TableReader) throws(ImageError) {
    rows = try table.decode(block) { reader throws(DecodingFailure) in
      let tags = try reader.readColumn(block.records) { r throws(DecodingFailure) in try r.readByte() }
      let first = try reader.readColumn(block.records) { r throws(DecodingFailure) in try r.readText() }
      let second = try reader.readColumn(block.records) { r throws(DecodingFailure) in try r.readText() }
      let third = try reader.readColumn(block.records) { r throws(DecodingFailure) in try r.readText() }
      let digests = try reader.readColumn(block.records) { r throws(DecodingFailure) in try r.readInt() }
      let dependents = try reader.readLists(block.records)
      var rows: [Row] = []
      rows.reserveCapacity(block.records)
      for i in 0..<block.records {
        let signature = Signature(function: second[i], arguments: third[i])
        let question: Question
        switch tags[i] {
        case 1: question = .method(table: first[i], signature: signature)
        case 2: question = .dispatch(table: first[i], signature: signature)
        case 3: question = .lookup(table: first[i], signature: signature)
        case 4: question = .binding(module: first[i], name: second[i])
        default: throw reader.failure(.unknownTag(UInt64(tags[i]), of: "question"))
        }
        rows.append(Row(question: question, digest: digests[i], dependents: dependents[i]))
      }
      return rows
    }
  }

  var encoded: [UInt8] {
    var writer = ByteWriter()
    let parts = rows.map { $0.question.imageParts }
    for part in parts { writer.write(byte: part.tag) }
    for part in parts { writer.write(text: part.first) }
    for part in parts { writer.write(text: part.second) }
    for part in parts { writer.write(text: part.third) }
    for row in rows { writer.write(count: row.digest) }
    writer.write(lists: rows.map(\.dependents))
    return writer.bytes
  }
}

extension Question {
  /// The tag and the texts of a question that a host is asked; one about a source has tag 0, which no image contains.
  var imageParts: (tag: UInt8, first: String, second: String, third: String) {
    switch self {
    case .method(let table, let signature): (1, table, signature.function, signature.arguments)
    case .dispatch(let table, let signature): (2, table, signature.function, signature.arguments)
    case .lookup(let table, let signature): (3, table, signature.function, signature.arguments)
    case .binding(let module, let name): (4, module, name, "")
    case .source: (0, "", "", "")
    }
  }
}

extension ByteReader {
  mutating func readColumn<Value>(
    _ count: Int, _ read: (inout ByteReader) throws(DecodingFailure) -> Value
  ) throws(DecodingFailure) -> [Value] {
    var column: [Value] = []
    column.reserveCapacity(count)
    for _ in 0..<count { column.append(try read(&self)) }
    return column
  }

  /// Reads the sizes of ascending lists, then the lists.
  mutating func readLists(_ count: Int) throws(DecodingFailure) -> [[Int]] {
    let sizes = try readColumn(count) { r throws(DecodingFailure) in try r.readCount() }
    var lists: [[Int]] = []
    lists.reserveCapacity(count)
    for size in sizes {
      var list: [Int] = []
      list.reserveCapacity(min(size, remaining))
      var next = 0
      for _ in 0..<size {
        let number = try readUnsigned()
        guard number < ImageFormat.largestCount, next < Int(ImageFormat.largestCount) else {
          throw failure(.tooLarge(number))
        }
        list.append(next + Int(number))
        next += Int(number) + 1
      }
      lists.append(list)
    }
    return lists
  }
}

extension ByteWriter {
  mutating func write(lists: [[Int]]) {
    for list in lists { write(count: list.count) }
    for list in lists {
      var next = 0
      for number in list {
        write(count: number - next)
        next = number + 1
      }
    }
  }
}

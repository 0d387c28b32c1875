import CacheIdentity
import SourceCodec

/// What an entry rests on.
enum ImageEdge: Hashable {
  /// An answer, by its number.
  case answer(Int)
  /// The source of another entry, or its own, by the entry's number.
  case source(Int)
}

/// A block of what is known of entries besides their keys and sources. `Blocks.swift` has its grammar.
struct TraceBlock {
  struct Row: Hashable {
    var specialization: Specialization
    var process: Int
    var generatedAt: Int64
    var nanoseconds: Int64
    var world: Int64
    /// The first world of the declared range.
    var declared: Int64
    var edges: [ImageEdge]
    /// The entries that rest on this one's source, ascending.
    var dependents: [Int]
  }

  var rows: [Row]

  init(rows: [Row]) { self.rows = rows }

  init(_ block: BlockBytes, world: WorldAge, _ table: TableReader) throws(ImageError) {
    rows = try table.decode(block) { reader throws(DecodingFailure) in
      let count = block.records
      let forms = try reader.readColumn(count) { r throws(DecodingFailure) in try r.readInt() }
      var specializations: [Specialization] = []
      for form in forms {
        let text = try reader.readText()
        specializations.append(form == 0 ? .text(text) : .template(text, edge: form - 1))
      }
      let processes = try reader.readColumn(count) { r throws(DecodingFailure) in try r.readInt() }
      var last: Int64 = 0
      let times = try reader.readColumn(count) { r throws(DecodingFailure) in
        last &+= try r.readSigned()
        return last
      }
      let nanoseconds = try reader.readColumn(count) { r throws(DecodingFailure) in try r.readSigned() }
      let worlds = try reader.readColumn(count) { r throws(DecodingFailure) in
        world.number &- (try r.readSigned())
      }
      let declared = try reader.readColumn(count) { r throws(DecodingFailure) in try r.readSigned() }
      let edgeCounts = try reader.readColumn(count) { r throws(DecodingFailure) in try r.readCount() }
      var edges: [[ImageEdge]] = []
      for edgeCount in edgeCounts { edges.append(try reader.readEdges(edgeCount)) }
      let dependents = try reader.readLists(count)
      return (0..<count).map { i in
        Row(
          specialization: specializations[i], process: processes[i], generatedAt: times[i], nanoseconds: nanoseconds[i],
          world: worlds[i], declared: declared[i], edges: edges[i], dependents: dependents[i])
      }
    }
  }

  func encoded(world: WorldAge) -> [UInt8] {
    var writer = ByteWriter()
    for row in rows {
      if case .template(_, let edge) = row.specialization {
        writer.write(count: edge + 1)
      } else {
        writer.write(count: 0)
      }
    }
    for row in rows { writer.write(text: row.specialization.stored) }
    for row in rows { writer.write(count: row.process) }
    var last: Int64 = 0
    for row in rows {
      writer.write(signed: row.generatedAt &- last)
      last = row.generatedAt
    }
    for row in rows { writer.write(signed: row.nanoseconds) }
    for row in rows { writer.write(signed: world.number &- row.world) }
    for row in rows { writer.write(signed: row.declared) }
    for row in rows { writer.write(count: row.edges.count) }
    for row in rows { writer.write(edges: row.edges) }
    writer.write(lists: rows.map(\.dependents))
    return writer.bytes
  }
}

extension ByteReader {
  fileprivate mutating func readEdges(_ count: Int) throws(DecodingFailure) -> [ImageEdge] {
    var edges: [ImageEdge] = []
    edges.reserveCapacity(min(count, remaining))
    var last = (answer: Int64(0), source: Int64(0))
    let limit = Int64(ImageFormat.largestCount)
    for _ in 0..<count {
      let number = try readUnsigned()
      let difference = Int64(bitPattern: number >> 2) ^ -Int64(bitPattern: number >> 1 & 1)
      let isSource = number & 1 == 1
      let value = (isSource ? last.source : last.answer) &+ difference
      guard value >= 0, value < limit else { throw failure(.tooLarge(number)) }
      if isSource { last.source = value } else { last.answer = value }
      edges.append(isSource ? .source(Int(value)) : .answer(Int(value)))
    }
    return edges
  }
}

extension ByteWriter {
  fileprivate mutating func write(edges: [ImageEdge]) {
    var last = (answer: Int64(0), source: Int64(0))
    for edge in edges {
      switch edge {
      case .answer(let number):
        write(unsigned: ByteWriter.zigzag(Int64(number) - last.answer) << 1)
        last.answer = Int64(number)
      case .source(let number):
        write(unsigned: ByteWriter.zigzag(Int64(number) - last.source) << 1 | 1)
        last.source = Int64(number)
      }
    }
  }

  private static func zigzag(_ number: Int64) -> UInt64 {
    UInt64(bitPattern: number << 1) ^ UInt64(bitPattern: number >> 63)
  }
}

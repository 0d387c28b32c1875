import BloatReport
import CacheIdentity
import SourceCodec
import SourceStore

/// The output of `dump` in one of its formats, row by row.
struct Dump: ~Copyable {
  let format: DumpFormat
  let hasSource: Bool
  /// The store's path, for errors.
  let path: String
  private var output = Output()
  private var table = TextTable(Dump.columns)
  private var array = JSONArrayWriter()

  private static let columns = [
    TextTable.Column("SPECIALIZATION"), TextTable.Column("OWNER"), TextTable.Column("LINEAGE"),
    TextTable.Column("WORLDS"), TextTable.Column("GENERATOR"), TextTable.Column("BYTES", isNumeric: true),
    TextTable.Column("COST", isNumeric: true), TextTable.Column("HITS", isNumeric: true),
    TextTable.Column("EDGES", isNumeric: true), TextTable.Column("KEY"),
  ]

  init(format: DumpFormat, hasSource: Bool, path: String) {
    self.format = format
    self.hasSource = hasSource
    self.path = path
    if format == .csv { output.write(InstanceRecord.csvHeader(hasSource: hasSource)) }
  }

  mutating func add(_ record: InstanceRecord) throws(StoreError) {
    let source = try text(of: record)
    switch format {
    case .text:
      table.add(record.cells, details: details(of: record, source), to: &output)
    case .json: array.write(record.json(source: source), to: &output)
    case .ndjson: output.writeLine(record.json(source: source).compact)
    case .csv: output.write(record.csv(source: hasSource ? source ?? "" : nil))
    case .ir:
      output.writeLine("# " + Readable.line(record.title))
      output.writeLine(source ?? "# " + record.absence + "\n")
    }
  }

  consuming func finish() throws(CommandError) {
    if format == .text { table.finish(&output) }
    if format == .json { array.finish(&output) }
    try output.finish()
  }

  /// The source's text, if the record came with a source of a language that we can print.
  private func text(of record: InstanceRecord) throws(StoreError) -> String? {
    guard let content = record.content else { return nil }
    do throws(DecodingFailure) {
      return try content.loweredIR()
    } catch {
      throw StoreError(.undecodable(error), path: path, detail: "source \(content.digest.abbreviated)")
    }
  }

  private func details(of record: InstanceRecord, _ source: String?) -> String {
    var details = ""
    for (position, edge) in (record.edges ?? []).enumerated() {
      details += Readable.line("  \(position)  \(edge.question): \(edge.answer.text(to: edge.question))") + "\n"
    }
    guard hasSource else { return details }
    let text = source ?? record.content?.hexadecimal ?? record.absence
    for line in text.split(separator: "\n") { details += "    " + Readable.line(String(line)) + "\n" }
    return details
  }
}

extension InstanceRecord {
  /// Why there is no text.
  fileprivate var absence: String {
    guard let source else { return "the generator declined" }
    return source.storedSize == nil ? "the source was pruned" : "a source of the form \(source.codec)"
  }

  /// The row, on one line.
  fileprivate var title: String {
    "\(specialization) by \(generator.generator)@\(generator.version) for \(owner) in \(lineage) \(range), "
      + "trace \(trace.number)"
  }

  fileprivate var cells: [String] {
    let size = source.map { source in source.storedSize.map { String($0) } ?? "pruned" } ?? "declined"
    return [
      specialization, owner, lineage, range.description + (isRevived ? " revived" : ""),
      generator.generator, size, Readable.duration(nanoseconds: provenance.generationNanoseconds),
      String(usage?.hits ?? 0), String(edgeCount), key.abbreviated,
    ]
  }

  fileprivate func json(source text: String?) -> JSON {
    .object([
      "specialization": .text(specialization), "key": .text(key.text), "owner": .text(owner), "lineage": .text(lineage),
      "minWorld": range.min.json, "maxWorld": range.max.json, "isOpen": .bool(range.isOpen),
      "isRevived": .bool(isRevived), "isBounded": .bool(isBounded),
      "generator": .text(generator.generator), "generatorVersion": .text(generator.version),
      "method": method.json,
      "trace": .integer(trace.number), "generatedAt": .text(Timestamp(provenance.generatedAt).description),
      "generationNanoseconds": .integer(provenance.generationNanoseconds), "process": provenance.process.json,
      "hits": .integer(usage?.hits ?? 0), "lastUsed": .optional(usage.map { Timestamp($0.lastUsed).description }),
      "edgeCount": .integer(edgeCount), "edges": edges.map { .array($0.map(\.json)) } ?? .null,
      "source": source.map { source in
        .object([
          "digest": .text(source.digest.description), "codec": .text(source.codec),
          "rawBytes": .integer(source.rawSize),
          "storedBytes": .optional(source.storedSize), "text": .optional(text),
          "hexadecimal": .optional(text == nil ? content?.hexadecimal : nil),
        ])
      } ?? .null,
    ])
  }

  fileprivate static func csvHeader(hasSource: Bool) -> String {
    let names = [
      "specialization", "key", "owner", "lineage", "minWorld", "maxWorld", "isRevived", "generator", "generatorVersion",
      "module", "table", "function", "arguments", "location", "trace", "generatedAt", "generationNanoseconds", "hits",
      "lastUsed", "edgeCount", "digest", "codec", "rawBytes", "storedBytes",
    ]
    return CSV.line(names + (hasSource ? ["source"] : []))
  }

  fileprivate func csv(source text: String?) -> String {
    let known = [
      specialization, key.text, owner, lineage, String(range.min.number), range.isOpen ? "" : String(range.max.number),
      String(isRevived), generator.generator, generator.version, method.module, method.table, method.signature.function,
      method.signature.arguments, method.location, String(trace.number),
      Timestamp(provenance.generatedAt).description, String(provenance.generationNanoseconds), String(usage?.hits ?? 0),
      usage.map { Timestamp($0.lastUsed).description } ?? "", String(edgeCount), source?.digest.description ?? "",
      source?.codec ?? "", source.map { String($0.rawSize) } ?? "", source?.storedSize.map { String($0) } ?? "",
    ]
    return CSV.line(known + (text.map { [$0.isEmpty ? content?.hexadecimal ?? "" : $0] } ?? []))
  }
}

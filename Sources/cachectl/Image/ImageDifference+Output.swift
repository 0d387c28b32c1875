import BloatReport
import CacheIdentity
import SystemImage

extension ImageDifference {
  /// Writes what differs, for people; of images that do not differ, only a line that says so.
  func write(_ old: SystemImage, _ new: SystemImage, _ style: Style, to output: inout Output) {
    for (sign, image) in [("---", old), ("+++", new)] {
      let header = image.header
      output.writeLine(
        style.bold(
          "\(sign) \(image.path)  \(Readable.count(header.entries, "entry", "entries")), "
            + "\(Readable.bytes(Int64(header.bytes))), \(header.origin)"))
    }
    output.writeLine(
      "\(appeared.count) appeared, \(vanished.count) vanished, \(changed.count) changed, \(unchanged) unchanged")
    if isEmpty { return }
    output.write("\n")
    for entry in vanished { output.writeLine(style.bad("- " + entry.line)) }
    for entry in appeared { output.writeLine(style.good("+ " + entry.line)) }
    for change in changed { change.write(style, to: &output) }
    write(methods, "METHOD", to: &output)
    write(generators, "GENERATOR", to: &output)
  }

  /// A row for each that differs, and one for all.
  private func write(_ tallies: [String: Tally], _ title: String, to output: inout Output) {
    output.write("\n")
    var table = TextTable([
      .init(title), .init("ENTRIES", isNumeric: true), .init("CHANGED", isNumeric: true),
      .init("BYTES", isNumeric: true), .init("GREW", isNumeric: true),
    ])
    let rows = ImageDifference.ordered(tallies).filter { !$0.value.isEqual }
    for (name, tally) in rows { table.add([name] + tally.cells, to: &output) }
    table.add(["all"] + all.cells, to: &output)
    table.finish(&output)
  }

  /// What grew most comes first.
  private static func ordered(_ tallies: [String: Tally]) -> [(key: String, value: Tally)] {
    tallies.sorted { ($1.value.growth, $0.key) < ($0.value.growth, $1.key) }
  }

  func json(_ old: SystemImage, _ new: SystemImage) -> JSON {
    .object([
      "old": old.header.json(path: old.path), "new": new.header.json(path: new.path), "isEqual": .bool(isEmpty),
      "appeared": .array(appeared.map(\.json)), "vanished": .array(vanished.map(\.json)),
      "changed": .array(changed.map(\.json)), "unchanged": .integer(unchanged),
      "methods": json(methods), "generators": json(generators), "all": all.json(name: nil),
      "sections": .array(
        zip(old.sections.mapped(), new.sections.mapped()).map { old, new in
          .object([
            "name": .text(old.name.rawValue), "oldBytes": .integer(Int64(old.bytes)),
            "newBytes": .integer(Int64(new.bytes)),
          ])
        }),
    ])
  }

  private func json(_ tallies: [String: Tally]) -> JSON {
    .array(ImageDifference.ordered(tallies).map { $0.value.json(name: $0.key) })
  }
}

extension [ImageSection] {
  /// One of each name, in the order of the names.
  fileprivate func mapped() -> [(name: ImageSection.Name, bytes: UInt64)] {
    let bytes = Dictionary(map { ($0.name, $0.bytes) }, uniquingKeysWith: +)
    return ImageSection.Name.allCases.map { ($0, bytes[$0, default: 0]) }
  }
}

extension ImageDifference.Tally {
  fileprivate var growth: Int { newBytes - oldBytes }

  fileprivate var cells: [String] {
    [
      oldEntries == newEntries ? String(newEntries) : "\(oldEntries) -> \(newEntries)", String(changed),
      oldBytes == newBytes ? String(newBytes) : "\(oldBytes) -> \(newBytes)", ImageDifference.signed(growth),
    ]
  }

  fileprivate func json(name: String?) -> JSON {
    .object([
      "name": .optional(name), "oldEntries": .integer(oldEntries), "newEntries": .integer(newEntries),
      "changed": .integer(changed), "oldBytes": .integer(oldBytes), "newBytes": .integer(newBytes),
    ])
  }
}

extension ImageDifference {
  fileprivate static func signed(_ number: Int) -> String { number > 0 ? "+\(number)" : String(number) }
}

extension ComparedEntry {
  fileprivate var size: String { source == nil ? "declined" : "\(bytes) B" }

  fileprivate var line: String {
    Readable.line("\(specialization)  \(owner)  \(generator.generator)  \(size)  \(key.abbreviated)")
  }

  fileprivate var json: JSON {
    .object([
      "specialization": .text(specialization), "key": .text(key.text), "owner": .text(owner),
      "generator": .text(generator.generator), "generatorVersion": .text(generator.version), "method": method.json,
      "source": .optional(source?.description), "bytes": .integer(bytes),
    ])
  }
}

extension ImageDifference.Change {
  /// How many answers are named for people.
  private static var shownAnswers: Int { 5 }

  fileprivate func write(_ style: Style, to output: inout Output) {
    let size = old.size == new.size ? new.size : "\(old.size) -> \(new.size)"
    output.writeLine(
      style.bold("~ ")
        + Readable.line(
          "\(new.specialization)  \(new.owner)  \(new.generator.generator)  \(size)  \(new.key.abbreviated)"))
    for reason in reasons { output.writeLine("    " + style.faint(reason)) }
  }

  private var reasons: [String] {
    var reasons: [String] = []
    if old.generator != new.generator {
      reasons.append("generator: \(old.generator.text) -> \(new.generator.text)")
    } else if hasOtherMethod {
      reasons.append("method: \(old.method.location) -> \(new.method.location)")
    }
    reasons += answers.prefix(Self.shownAnswers).map(\.text)
    if answers.count > Self.shownAnswers {
      reasons.append("and \(answers.count - Self.shownAnswers) more answers; --json lists all")
    }
    if reasons.isEmpty { reasons.append("another source for the same answers") }
    if !hasOtherSource { reasons.append("the source is the same") }
    return reasons.map(Readable.line)
  }

  fileprivate var json: JSON {
    .object([
      "old": old.json, "new": new.json, "hasOtherSource": .bool(hasOtherSource),
      "hasOtherMethod": .bool(hasOtherMethod),
      "answers": .array(
        answers.map { .object(["question": $0.question.json, "old": $0.old.json, "new": $0.new.json]) }),
    ])
  }
}

extension GeneratorFingerprint {
  fileprivate var text: String { "\(generator)@\(version)" }
}

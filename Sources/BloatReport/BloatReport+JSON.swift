import SourceStore

// Names and meanings are public, like the schema's. A change that a reader would notice is a new version.

extension BloatReport {
  /// The version of the JSON form.
  static let formatVersion: Int64 = 1

  /// The whole report in one object. `--baseline` and `report diff` read it back.
  package var json: JSON { json(groupLimit: .max, withTree: false) }

  /// - Parameters:
  ///   - groupLimit: The most groups of each dimension.
  ///   - withTree: Whether the tree of entries is in it.
  func json(groupLimit: Int, withTree: Bool) -> JSON {
    let groups = BloatDimension.allCases.map { dimension in
      let list = (self.groups[dimension] ?? []).prefix(groupLimit)
      return (key: dimension.rawValue, value: JSON.array(list.map { $0.sizes.json(named: $0.name) }))
    }
    var members: [(key: String, value: JSON)] = [
      ("report", .text("bloat")), ("version", .integer(BloatReport.formatVersion)), ("kind", .text(kind.rawValue)),
      ("path", .text(path)), ("measuredAt", .text(Timestamp(measuredAt).description)), ("bytes", .integer(bytes)),
      ("logBytes", .integer(logBytes)), ("hitNanoseconds", .integer(hitNanoseconds)),
      ("entries", entries.json(named: nil)), ("fileBytes", .integer(fileBytes)), ("declined", .integer(declined)),
      ("parts", .array(parts.map(\.json))), ("groups", .object(JSON.Members(groups))),
      ("generators", .array(generators.map(\.json))), ("duplicates", duplicates.json),
      ("largest", .array(largest.map(\.json))), ("neverHit", .array(neverHit.map(\.json))), ("growth", growth.json),
    ]
    if withTree { members.append(("tree", tree.json)) }
    return .object(JSON.Members(members))
  }
}

extension BloatSizes {
  /// The numbers, after a name if there is one.
  package func json(named name: String?) -> JSON {
    var members: [(key: String, value: JSON)] = name.map { [("name", .text($0))] } ?? []
    members += [
      ("entries", .integer(entries)), ("neverHit", .integer(neverHit)), ("generatedBytes", .integer(generated)),
      ("encodedBytes", .integer(encoded)), ("compressedBytes", .integer(compressed)),
      ("payloadBytes", .integer(payload)), ("structureBytes", .integer(structure)), ("diskBytes", .integer(disk)),
      ("hits", .integer(hits)), ("generationNanoseconds", .integer(generationNanoseconds)),
      ("savedNanoseconds", .integer(savedNanoseconds)),
    ]
    return .object(JSON.Members(members))
  }

  /// Reads back what is written above; `nil` if a number is missing.
  init?(_ json: JSON) {
    guard let entries = json["entries"]?.asInteger, let neverHit = json["neverHit"]?.asInteger,
      let generated = json["generatedBytes"]?.asInteger, let encoded = json["encodedBytes"]?.asInteger,
      let compressed = json["compressedBytes"]?.asInteger, let payload = json["payloadBytes"]?.asInteger,
      let structure = json["structureBytes"]?.asInteger, let hits = json["hits"]?.asInteger,
      let generation = json["generationNanoseconds"]?.asInteger, let saved = json["savedNanoseconds"]?.asInteger
    else { return nil }
    (self.entries, self.neverHit) = (Int(clamping: entries), Int(clamping: neverHit))
    (self.generated, self.encoded, self.compressed) = (generated, encoded, compressed)
    (self.payload, self.structure, self.hits) = (payload, structure, hits)
    (generationNanoseconds, savedNanoseconds) = (generation, saved)
  }
}

extension BloatPart {
  fileprivate var json: JSON {
    .object([
      "name": .text(name), "rows": .integer(rows), "bytes": .integer(bytes),
      "entryPayloadBytes": .integer(entryPayload), "entryStructureBytes": .integer(entryStructure),
      "regions": .array(
        regions.map {
          .object([
            "name": .text($0.name), "pages": .integer($0.pages), "bytes": .integer($0.bytes),
            "payloadBytes": .integer($0.payload), "overheadBytes": .integer($0.overhead),
            "unusedBytes": .integer($0.unused),
          ])
        }),
    ])
  }
}

extension GeneratorBenefit {
  fileprivate var json: JSON {
    .object([
      "name": .text(name), "exclusiveBytes": .integer(exclusiveBytes), "diskBytes": .integer(sizes.disk),
      "hits": .integer(sizes.hits), "savedNanoseconds": .integer(sizes.savedNanoseconds),
      "savedMillisecondsPerKiB": savedMillisecondsPerKiB.map { .number($0) } ?? .null,
    ])
  }
}

extension BloatEntry {
  fileprivate var json: JSON {
    .object([
      "specialization": .text(specialization), "generator": .text(generator), "method": .text(method),
      "owner": .text(owner), "isOpen": .bool(isOpen), "generatedAt": .text(Timestamp(generatedAt).description),
      "sizes": sizes.json(named: nil),
    ])
  }
}

extension BloatDuplicates {
  fileprivate var json: JSON {
    .object([
      "contents": .integer(contents), "sparedBytes": .integer(sparedBytes),
      "largest": .array(
        largest.map {
          .object([
            "digest": .text($0.digest), "bytes": .integer($0.bytes), "entries": .integer($0.entries),
            "sparedBytes": .integer($0.sparedBytes), "example": .text($0.example),
          ])
        }),
    ])
  }
}

extension BloatGrowth {
  /// Points as short arrays: `[milliseconds, bytes]` and `[world, bytes, held]`.
  fileprivate var json: JSON {
    .object([
      "time": .array(time.map { .array([.integer($0.time), .integer($0.bytes)]) }),
      "lineages": .array(
        lineages.map { lineage in
          .object([
            "name": .text(lineage.name),
            "worlds": .array(
              lineage.worlds.map { .array([.integer($0.world), .integer($0.bytes), .integer($0.held)]) }),
          ])
        }),
    ])
  }
}

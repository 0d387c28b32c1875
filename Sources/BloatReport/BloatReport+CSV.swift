extension BloatReport {
  /// A line for each group of each dimension, and for each region of each part, under one title.
  package var csv: String {
    var text = CSV.line([
      "dimension", "name", "entries", "neverHit", "generatedBytes", "encodedBytes", "compressedBytes", "payloadBytes",
      "structureBytes", "diskBytes", "hits", "generationNanoseconds", "savedNanoseconds",
    ])
    for part in parts {
      for region in part.regions {
        text += CSV.line([
          "part", region.name, "", "", "", "", "", String(region.payload), String(region.bytes - region.payload),
          String(region.bytes), "", "", "",
        ])
      }
    }
    for dimension in BloatDimension.allCases {
      for group in groups[dimension] ?? [] {
        let sizes = group.sizes
        text += CSV.line(
          [dimension.rawValue, group.name, String(sizes.entries), String(sizes.neverHit)]
            + [
              sizes.generated, sizes.encoded, sizes.compressed, sizes.payload, sizes.structure, sizes.disk, sizes.hits,
              sizes.generationNanoseconds, sizes.savedNanoseconds,
            ].map { String($0) })
      }
    }
    return text
  }
}

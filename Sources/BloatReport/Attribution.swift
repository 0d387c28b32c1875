import SourceStore

/// Whose each byte of a measured file is: of an entry, or of the file as a whole. A pure function of the measurement.
///
/// A row's bytes are its users', in equal shares. What a B-tree takes besides its rows (page headers, free space within pages,
/// inner nodes) is split among the rows by their size. What holds no row, such as free pages, is the file's.
struct Attribution {
  /// Bytes of one part.
  struct Amount: Hashable {
    /// Those that hold rows.
    var payload: Int64 = 0
    /// Those that rows cost besides.
    var structure: Int64 = 0

    var bytes: Int64 { payload + structure }

    static func += (sum: inout Amount, more: Amount) {
      sum.payload += more.payload
      sum.structure += more.structure
    }
  }

  /// For each entry, what is its, over all parts.
  private(set) var entries: [Amount]
  /// For each part, what is any entry's.
  private(set) var parts: [Amount] = []
  /// What belongs to the file as a whole.
  private(set) var file = Amount()
  /// For each group, what nobody outside uses: what the file would be smaller without the group.
  private(set) var exclusive: [Int64]

  /// - Parameters:
  ///   - groups: For each entry, the number of its group.
  ///   - groupCount: One more than the greatest of them.
  init(_ measured: MeasuredFile, groups: [Int], groupCount: Int) {
    entries = Array(repeating: Amount(), count: measured.entries.count)
    exclusive = Array(repeating: 0, count: groupCount)
    for part in measured.parts {
      var ofEntries = Amount()
      for region in part.regions { add(region, of: part, groups, &ofEntries) }
      parts.append(ofEntries)
    }
  }

  private mutating func add(
    _ region: MeasuredRegion, of part: MeasuredPart, _ groups: [Int], _ ofEntries: inout Amount
  ) {
    let structure = region.bytes - region.payload
    guard region.weights.contains(where: { $0 > 0 }) else {
      file += Amount(payload: region.payload, structure: structure)
      return
    }
    let payloads = Shares.split(region.payload, by: region.weights)
    let structures = Shares.split(structure, by: region.weights)
    for row in payloads.indices {
      let whole = Amount(payload: payloads[row], structure: structures[row])
      let users = part.users[row]
      guard let first = users.first else {
        file += whole
        continue
      }
      ofEntries += whole
      for (position, user) in users.enumerated() {
        entries[user] += Amount(
          payload: Shares.even(whole.payload, position: position, of: users.count, row: row),
          structure: Shares.even(whole.structure, position: position, of: users.count, row: row))
      }
      if users.allSatisfy({ groups[$0] == groups[first] }) { exclusive[groups[first]] += whole.bytes }
    }
  }
}

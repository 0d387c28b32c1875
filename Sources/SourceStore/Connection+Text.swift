import CacheIdentity

// Texts. An id follows from the text's checksum.
extension Connection {
  func intern(text: String) throws(StoreError) -> TextID {
    if let known = interned.texts[text] { return known }
    for id in Connection.textIDs(text) {
      let inserted: TextID? = try insertIfNew(
        "INSERT INTO packed_text (id, content) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", id, PackedText.stored(text))
      let found = inserted == nil ? try content(of: id) : text
      if found == text {
        interned.texts[text] = id
        return id
      }
    }
    throw damaged("there is no id for the text \(text)")
  }

  /// The id of a text; `nil` if there is none.
  func textID(_ text: String) throws(StoreError) -> TextID? {
    for id in Connection.textIDs(text) {
      guard let found = try content(of: id) else { return nil }
      if found == text { return id }
    }
    return nil
  }

  /// Whether a text is where it belongs.
  static func isText(_ text: String, at id: TextID) -> Bool { textIDs(text).contains(id) }

  func content(of id: TextID) throws(StoreError) -> String? {
    let stored = try first("SELECT content FROM packed_text WHERE id = ?", id) { $0.text(0) }
    return try stored.map { text throws(StoreError) in try expanded(text) }
  }

  /// The text that is stored; throws if it has an abbreviation that is not there.
  func expanded(_ stored: String) throws(StoreError) -> String {
    if let text = PackedText.expanded(stored, meanings) { return text }
    try readAbbreviations()
    guard let text = PackedText.expanded(stored, meanings) else { throw damaged("an abbreviation is not there") }
    return text
  }

  private func readAbbreviations() throws(StoreError) {
    let rows = try all("SELECT id, content FROM packed_text WHERE id < ? ORDER BY id", Connection.firstTextID) {
      (code: Int($0.int(0)), content: $0.text(1))
    }
    meanings = PackedText.meanings(of: rows)
  }

  /// Gives this connection views of its own, in the temporary schema, if texts are abbreviated: the file's expand them in SQL alone, which
  /// anybody can read and takes a hundred times as long. About 0.2 ms, once.
  func prepareViews() throws(StoreError) {
    if hasOwnViews { return }
    // A migration sees the file's own views: those of an earlier format know other abbreviations.
    guard try SourceStore.formatVersion(of: self) == SourceStore.formatVersion else { return }
    let isAbbreviated = try first("SELECT 1 FROM packed_text WHERE id < ? LIMIT 1", Connection.firstTextID) { _ in true
    }
    if isAbbreviated == nil { return }
    try defineExpansion()
    let views = try all("SELECT substr(sql, 12) FROM main.sqlite_schema WHERE type = 'view' AND name <> 'text'") {
      $0.text(0)
    }
    try executeScript(
      """
      CREATE TEMP VIEW IF NOT EXISTS text (id, content) AS
        SELECT id, expanded(content) FROM main.packed_text WHERE id >= \(Connection.firstTextID);
      """)
    for view in views { try executeScript("CREATE TEMP VIEW IF NOT EXISTS\(view)") }
    hasOwnViews = true
  }

  /// Smaller ids are those of abbreviations.
  private static let firstTextID: Int64 = 1 << 14

  private static func textIDs(_ text: String) -> some Sequence<TextID> {
    var sum = Checksum()
    sum.add(text)
    return DigestIDs(sum.state).lazy.map { TextID($0) }
  }
}

// Abbreviating them.
extension Connection {
  private static let packingBatch = 1_000
  private static let sampleTexts = 4_000
  /// What abbreviations must save in the sample to be made at all.
  private static let leastSaved = 1_024

  /// Makes abbreviations from the store's own texts, if there are none yet and they pay.
  func makeAbbreviations() throws(StoreError) {
    try readAbbreviations()
    guard meanings.isEmpty else { return }
    let count = try first("SELECT count(*) FROM packed_text") { $0.int(0) } ?? 0
    let sample = try all(
      "SELECT content FROM packed_text WHERE id % ? = 0 ORDER BY id LIMIT ?",
      max(1, count / Int64(Connection.sampleTexts)), Connection.sampleTexts
    ) { $0.text(0) }
    let choice = AbbreviationChoice(sample: sample.filter { PackedText.stored($0) == $0 })
    guard choice.saved >= Connection.leastSaved else { return }
    let rows = zip(PackedText.codes, choice.meanings).map { (code: $0, content: String(decoding: $1, as: UTF8.self)) }
    meanings = PackedText.meanings(of: rows)
    let packer = TextPacker(meanings)
    for (code, meaning) in meanings {
      let content = packer.packed(meaning, below: meaning.count)
      try execute(
        "INSERT INTO packed_text (id, content) VALUES (?, ?)", code, String(decoding: content, as: UTF8.self))
    }
    try prepareViews()
  }

  /// Abbreviates the next texts. Returns the last one; `nil` after the last one.
  func packTexts(after start: TextID) throws(StoreError) -> TextID? {
    try readAbbreviations()
    if meanings.isEmpty { return nil }
    let packer = TextPacker(meanings)
    let batch: [(TextID, String)] = try all(
      "SELECT id, content FROM packed_text WHERE id > ? ORDER BY id LIMIT ?", start, Connection.packingBatch
    ) { ($0.id(0), $0.text(1)) }
    for (id, stored) in batch {
      // What is damaged stays as it is, for `verify` to find.
      guard let text = try? expanded(stored), Connection.isText(text, at: id) else { continue }
      let packed = packer.packed(text)
      if packed != stored { try execute("UPDATE packed_text SET content = ? WHERE id = ?", packed, id) }
    }
    return batch.last?.0
  }

  /// Where the packing of texts begins.
  static let beforeTexts = TextID(firstTextID - 1)
}

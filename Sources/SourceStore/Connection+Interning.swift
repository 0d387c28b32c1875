import CacheIdentity

// Every value that rows share is stored once and named by its id. All of these run inside a write transaction.
extension Connection {
  func intern(_ process: ProcessIdentity) throws(StoreError) -> Int64 {
    if let known = interned.processes[process] { return known }
    let known = try first(
      "SELECT id FROM process WHERE host = ? AND pid = ? AND started_at = ?", process.host, Int64(process.pid),
      process.startedAt
    ) { $0.int(0) }
    let id: Int64
    if let known {
      id = known
    } else {
      id = try insert(
        "INSERT INTO process (host, pid, program, started_at) VALUES (?, ?, ?, ?)", process.host, Int64(process.pid),
        process.program, process.startedAt)
    }
    interned.processes[process] = id
    return id
  }

  func intern(_ owner: Owner) throws(StoreError) -> OwnerID {
    if let known = interned.owners[owner.digest] { return known }
    let id: OwnerID
    if let known = try ownerID(owner.digest) {
      id = known
    } else {
      id = OwnerID(try insert("INSERT INTO owner (digest, name) VALUES (?, ?)", owner.digest, owner.name))
    }
    interned.owners[owner.digest] = id
    return id
  }

  func intern(_ generator: GeneratorFingerprint) throws(StoreError) -> Int64 {
    if let known = interned.generators[generator] { return known }
    let known = try first(
      "SELECT id FROM generator WHERE name = ? AND fingerprint = ?", generator.generator, generator.version
    ) { $0.int(0) }
    let id: Int64
    if let known {
      id = known
    } else {
      id = try insert(
        "INSERT INTO generator (name, fingerprint) VALUES (?, ?)", generator.generator, generator.version)
    }
    interned.generators[generator] = id
    return id
  }

  func intern(
    method hash: Digest, _ method: MethodDescription, by generator: GeneratorFingerprint
  ) throws(StoreError) -> MethodID {
    if let known = interned.methods[hash] { return known }
    let id: MethodID
    if let known = try methodID(hash) {
      id = known
    } else {
      id = MethodID(
        try insert(
          """
          INSERT INTO method (generator, hash, module, table_name, function, arguments, location)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """, try intern(generator), hash, method.module, method.table, method.signature.function,
          method.signature.arguments, method.location))
    }
    interned.methods[hash] = id
    return id
  }

  func ownerID(_ digest: Digest) throws(StoreError) -> OwnerID? {
    try first("SELECT id FROM owner WHERE digest = ?", digest) { $0.id(0) }
  }

  func methodID(_ hash: Digest) throws(StoreError) -> MethodID? {
    try first("SELECT id FROM method WHERE substr(hash, 1, 4) = substr(?1, 1, 4) AND hash = ?1", hash) { $0.id(0) }
  }

  func intern(codec name: String) throws(StoreError) -> Int64 {
    if let known = interned.codecs[name] { return known }
    let known = try first("SELECT id FROM codec WHERE name = ?", name) { $0.int(0) }
    let id: Int64
    if let known { id = known } else { id = try insert("INSERT INTO codec (name) VALUES (?)", name) }
    interned.codecs[name] = id
    return id
  }
}

// Texts. An id is the text's checksum, or one of the next numbers if that was taken.
extension Connection {
  /// How many ids after the first are tried: a longer run of taken ones is damage.
  static let textProbes = 64

  func intern(text: String) throws(StoreError) -> TextID {
    if let known = interned.texts[text] { return known }
    for id in Connection.textIDs(text) {
      let inserted: TextID? = try insertIfNew(
        "INSERT INTO text (id, content) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", id, text)
      let found = inserted == nil ? try content(of: id) : text
      if found == text {
        interned.texts[text] = id
        return id
      }
    }
    throw damaged("the table text is full around \(text)")
  }

  /// The id of a text; `nil` if there is none.
  func textID(_ text: String) throws(StoreError) -> TextID? {
    for id in Connection.textIDs(text) {
      guard let found = try content(of: id) else { return nil }
      if found == text { return id }
    }
    return nil
  }

  /// A text that must be there and whole.
  func text(_ id: TextID) throws(StoreError) -> String {
    guard let text = try content(of: id), Connection.textIDs(text).contains(id) else {
      throw damaged("text \(id.number) is not what its id says")
    }
    return text
  }

  /// Whether a text is where it belongs.
  static func isText(_ text: String, at id: TextID) -> Bool { textIDs(text).contains(id) }

  private func content(of id: TextID) throws(StoreError) -> String? {
    try first("SELECT content FROM text WHERE id = ?", id) { $0.text(0) }
  }

  private static func textIDs(_ text: String) -> some Sequence<TextID> {
    var sum = Checksum()
    sum.add(text)
    let start = sum.bits(31)
    return (0..<Int64(textProbes)).lazy.map { TextID((start + $0) & 0x7fff_ffff) }
  }
}

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
      id = try add(method: hash, method, by: try intern(generator))
    }
    interned.methods[hash] = id
    return id
  }

  /// Adds a method that is not there.
  func add(method hash: Digest, _ method: MethodDescription, by generator: Int64) throws(StoreError) -> MethodID {
    let (place, function) = (try intern(method.place), try intern(text: method.signature.function))
    let (arguments, location) = (try intern(text: method.signature.arguments), LocationText(method.location))
    let file = try intern(text: location.file)
    for id in DigestIDs(hash.high) {
      let added: MethodID? = try insertIfNew(
        """
        INSERT INTO stored_method (id, generator, place, function, arguments, location, line, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
        """, id, generator, place, function, arguments, file, location.line, hash)
      if let added { return added }
    }
    throw damaged("there is no id for method \(hash.abbreviated)")
  }

  private func intern(_ place: Place) throws(StoreError) -> Int64 {
    if let known = interned.places[place] { return known }
    let known = try first("SELECT id FROM place WHERE module = ? AND table_name = ?", place.module, place.table) {
      $0.int(0)
    }
    let id: Int64
    if let known {
      id = known
    } else {
      id = try insert("INSERT INTO place (module, table_name) VALUES (?, ?)", place.module, place.table)
    }
    interned.places[place] = id
    return id
  }

  func ownerID(_ digest: Digest) throws(StoreError) -> OwnerID? {
    try first("SELECT id FROM owner WHERE digest = ?", digest) { $0.id(0) }
  }

  func methodID(_ hash: Digest) throws(StoreError) -> MethodID? {
    for id in DigestIDs(hash.high) {
      let found = try first("SELECT hash FROM stored_method WHERE id = ?", id) { row throws(StoreError) in
        try row.digest(0)
      }
      if found == nil { return nil }
      if found == hash { return MethodID(id) }
    }
    return nil
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

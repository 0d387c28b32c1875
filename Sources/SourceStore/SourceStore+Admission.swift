import CacheIdentity

extension SourceStore {
  /// The admission policies that were set in this store, by the generator's name.
  public func admissionPolicies() throws(StoreError) -> [String: AdmissionPolicy] {
    let rows = try read { connection throws(StoreError) in
      try connection.all("SELECT generator, policy, limit_ns FROM admission") { row in
        (row.text(0), AdmissionPolicy(name: row.text(1), limit: row.int(2)))
      }
    }
    return Dictionary(rows.compactMap { name, policy in policy.map { (name, $0) } }, uniquingKeysWith: { $1 })
  }

  /// Sets admission policies by the generator's name, in one transaction; `nil` takes one away. Sessions that begin to generate
  /// afterwards go by them.
  public func setAdmission(_ policies: [String: AdmissionPolicy?]) throws(StoreError) {
    try write { connection throws(StoreError) in
      for (generator, policy) in policies {
        try connection.execute("DELETE FROM admission WHERE generator = ?", generator)
        guard let policy else { continue }
        try connection.execute(
          "INSERT INTO admission (generator, policy, limit_ns) VALUES (?, ?, ?)", generator, policy.name, policy.limit)
      }
    }
  }

  /// For each key, whether it was noted before; then it is no more. The others are noted.
  ///
  /// Of what was noted a store keeps 65,536 at most: a later key may take the place of an earlier one, which then is asked for
  /// a first time again. Two keys are taken for one with a probability of 2^-48.
  public func noteRequests(_ keys: [SourceKey]) throws(StoreError) -> [Bool] {
    try write { connection throws(StoreError) in
      var known: [Bool] = []
      for key in keys {
        let (place, mark) = key.notedPlace
        let isKnown =
          try connection.first("SELECT 1 FROM first_request WHERE place = ? AND mark = ?", place, mark) { _ in true }
          ?? false
        if isKnown {
          try connection.execute("DELETE FROM first_request WHERE place = ?", place)
        } else {
          try connection.execute("INSERT OR REPLACE INTO first_request (place, mark) VALUES (?, ?)", place, mark)
        }
        known.append(isKnown)
      }
      return known
    }
  }
}

extension SourceKey {
  /// Where a key is noted, and by what: bits of its digests, which are uniform and the same in every process.
  fileprivate var notedPlace: (place: Int64, mark: Int64) {
    let low = methodHash.low ^ instance.low &* 0x9e37_79b9_7f4a_7c15 ^ owner.low
    let high = methodHash.high ^ instance.high &* 0x9e37_79b9_7f4a_7c15 ^ owner.high
    return (Int64(low >> 48), Int64(high & 0xffff_ffff))
  }
}

extension AdmissionPolicy {
  /// The policy as its row has it; `nil` for one that this program does not know.
  fileprivate init?(name: String, limit: Int64) {
    switch name {
    case "always": self = .always
    case "never": self = .never
    case "slower": self = .slowerThan(nanoseconds: limit)
    case "second": self = .secondRequest
    default: return nil
    }
  }

  fileprivate var name: String {
    switch self {
    case .always: "always"
    case .never: "never"
    case .slowerThan: "slower"
    case .secondRequest: "second"
    }
  }

  fileprivate var limit: Int64? { if case .slowerThan(let nanoseconds) = self { nanoseconds } else { nil } }
}

/// Which of a cached generator's sources enter the store. What does not is served from memory, as if there were no store: to the
/// world of the host in which it was generated.
public enum AdmissionPolicy: Hashable, Sendable {
  /// All of them.
  case always
  /// None of them.
  case never
  /// Those whose generation took longer, in nanoseconds, nested generations included.
  case slowerThan(nanoseconds: Int64)
  /// Those that are generated a second time, by whichever process: of the first time the store keeps a small note. It keeps them
  /// of so many keys only, and forgets one for another (see `first_request` in `docs/schema.md`).
  case secondRequest
}

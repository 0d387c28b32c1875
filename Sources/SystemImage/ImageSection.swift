/// A stretch of an image's bytes. The sections follow on each other from the first byte of the file to the last.
public struct ImageSection: Hashable, Sendable {
  /// What stands in a section. `docs/image-format.md` explains each; the raw value is its name there.
  public enum Name: String, Hashable, Sendable, CaseIterable {
    /// Magic, format, lineage, world, state, the table of the other sections, and the digest of all that.
    case prologue
    /// The owners' digests.
    case owners
    /// The method hashes.
    case methods
    /// The keys, in a hash table, and where each one's source lies.
    case index
    /// What the sources have in common, for decompressing them.
    case dictionary
    /// The sources, each content once.
    case sources
    /// The digests of answers.
    case digests
    /// The names of the sources' forms.
    case codecs
    /// The owners' names.
    case ownerNames = "owner_names"
    /// Methods and generators as people read them.
    case descriptions
    /// The processes that generated.
    case processes
    /// Answers as people read them.
    case answerTexts = "answer_texts"
    /// Questions, their answers, and the entries that rest on them.
    case answers
    /// Specializations, provenance and edges.
    case traces
    /// The signature.
    case signature
  }

  /// What stands in it.
  public let name: Name
  /// Where it begins, in bytes from the start of the file.
  public let offset: UInt64
  /// Its size in bytes.
  public let bytes: UInt64
  /// How many things stand in it.
  public let count: UInt64
}

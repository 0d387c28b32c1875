import CacheIdentity

/// What an image says of itself at its beginning. Reading it costs the same whatever the image's size.
public struct ImageHeader: Hashable, Sendable {
  /// The format's version.
  public let format: UInt32
  /// The lineage from which it was built.
  public let lineage: String
  /// The world from which it was built, in that lineage.
  public let world: WorldAge
  /// The digest of the definitions under which everything in it holds; `nil` if its parts come from different states.
  public let state: Digest?
  /// The number of keys, those of generators that declined included.
  public let entries: Int
  /// The number of different sources.
  public let sources: Int
  /// The number of answers on which the entries rest, those that are sources not included.
  public let answers: Int
  /// The number of methods.
  public let methods: Int
  /// The image's identity: equal digests are equal images, signed or not.
  public let identity: Digest
  /// The key whose signature the image has, which was verified; `nil` if it has none.
  public let signer: ImagePublicKey?
  /// The file's size in bytes.
  public let bytes: UInt64
}

/// A section as the prologue describes it, at a place that was checked to lie in the file.
struct SectionShape: Hashable, Sendable {
  let name: ImageSection.Name
  let offset: Int
  let size: Int
  let count: Int
  let directoryChecksum: UInt64
  let digest: Digest

  var end: Int { offset + size }
  /// Where the places of a table's blocks begin, in bytes from the start of the section.
  var directory: Int { size - ImageFormat.blocks(of: count) * ImageFormat.placeSize(in: name) }
}

/// The prologue, decoded and checked: the only part of the image that opening reads.
package struct Prologue {
  let lineage: String
  let world: WorldAge
  let state: Digest?
  let identity: Digest
  /// In the order of ``ImageFormat/sections``.
  let shapes: [SectionShape]
  /// All of its bytes.
  let bytes: [UInt8]
  /// The size of prologue and sections.
  let contentSize: Int
}

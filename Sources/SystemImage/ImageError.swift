import CacheIdentity
import SourceCodec

/// Trouble with a system image. A session turns it into a miss (W15); tools tell it to people.
public struct ImageError: Error, Hashable, Sendable {
  /// What kind of trouble, with what was found and what was expected.
  public enum Problem: Hashable, Sendable {
    /// There is no file at the path.
    case missing
    /// The file or its directory cannot be opened or written by this user.
    case permissionDenied
    /// The file system is full.
    case diskFull
    /// Reading or writing the file failed with this `errno`.
    case inputOutput(code: Int32)
    /// The file does not begin as an image does.
    case notAnImage
    /// The image was written by a machine of the other byte order.
    case otherByteOrder
    /// The image was written by a newer program.
    case newerFormat(found: UInt32, supported: UInt32)
    /// The file does not have the size that its header says; or it has something else than a signature at its end.
    case wrongSize(found: UInt64, expected: UInt64)
    /// A number is not what the rest of the image demands.
    case contradiction(found: UInt64, expected: UInt64)
    /// An offset, length or index leads outside of where it may lead.
    case outOfBounds(found: UInt64, limit: UInt64)
    /// Bytes do not have their checksum: they were damaged after they were written (W9, W12).
    case wrongChecksum(found: UInt64, expected: UInt64)
    /// Bytes do not have their digest.
    case wrongDigest(found: Digest, expected: Digest)
    /// Compressed bytes cannot be decompressed to the size that they should have.
    case notDecompressible(expected: Int)
    /// Bytes have their checksum and are not of the form that they should be: a program wrote them wrong.
    case undecodable(DecodingFailure)
    /// A signature was demanded, and the image has none.
    case unsigned
    /// The image is signed with a key that is not trusted here.
    case untrusted(ImagePublicKey)
    /// The signature is not one of these bytes with the key that it names.
    case wrongSignature(ImagePublicKey)
    /// The operation was cancelled by its progress handler; no file was written.
    case cancelled
  }

  /// The kind.
  public let problem: Problem
  /// The image's path.
  public let path: String
  /// The section in which it is; `nil` for the file as a whole.
  public let section: ImageSection.Name?
  /// Where, in bytes from the start of the file.
  public let offset: UInt64

  /// Makes an error.
  public init(_ problem: Problem, path: String, section: ImageSection.Name? = nil, offset: UInt64 = 0) {
    self.problem = problem
    self.path = path
    self.section = section
    self.offset = offset
  }
}

import CacheIdentity
import SourceCodec

/// How an image is written.
public struct ImageOptions: Sendable {
  /// Whether sources and tables are compressed where that makes them smaller.
  public var compresses: Bool
  /// The key to sign with; `nil` for no signature.
  public var signingKey: ImageSigningKey?

  /// Makes options.
  public init(compresses: Bool = true, signingKey: ImageSigningKey? = nil) {
    self.compresses = compresses
    self.signingKey = signingKey
  }
}

/// How far writing or verifying an image has come.
public struct ImageProgress: Hashable, Sendable {
  /// The section at work.
  public let section: ImageSection.Name
  /// How much of the section is done, and how much there is: entries, blocks or bytes.
  public let done: Int
  /// See ``done``.
  public let total: Int
}

/// An image that was written.
public struct WrittenImage: Hashable, Sendable {
  /// The image's identity.
  public let identity: Digest
  /// The file's size in bytes.
  public let bytes: UInt64
  /// The number of entries.
  public let entries: Int
  /// What was added and is not in the image, ordered by key.
  public let leftOut: [LeftOutTrace]
}

extension ImageBuilder {
  /// Writes the image. The file appears whole under its name, or not at all: it is written beside it, made to last and renamed.
  ///
  /// - Parameter progress: Called now and then; returns false to give up, which throws ``ImageError/Problem/cancelled``.
  @discardableResult
  public func write(
    to path: String, options: ImageOptions = ImageOptions(), progress: @escaping (ImageProgress) -> Bool = { _ in true }
  ) throws(ImageError) -> WrittenImage {
    let selection = ImageSelection(self)
    let plan = ImagePlan(self, selection)
    guard plan.codecs.count <= ImageFormat.mostCodecs, lineage.utf8.count <= ImageFormat.largestLineage else {
      throw ImageError(
        .outOfBounds(found: UInt64(plan.codecs.count), limit: UInt64(ImageFormat.mostCodecs)), path: path,
        section: .codecs)
    }
    var writer = try ImageWriter(plan, to: path, options: options, progress: progress)
    let (identity, bytes) = try writer.write()
    return WrittenImage(
      identity: identity, bytes: UInt64(bytes), entries: plan.entries.count, leftOut: leftOut(selection))
  }

  private func leftOut(_ selection: ImageSelection) -> [LeftOutTrace] {
    selection.reasons.sorted { keys.values[$0.key] < keys.values[$1.key] }.compactMap { number, reason in
      entries[number].map {
        LeftOutTrace(
          key: keys.values[number], specialization: specializations.values[Int($0.specialization)], reason: reason)
      }
    }
  }
}

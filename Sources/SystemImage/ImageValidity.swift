import CacheIdentity

/// Which entries of an image hold in a host's state of definitions. A value: successive ones share what did not change.
public struct ImageValidity: Sendable {
  /// The image's identity, of which this speaks.
  public let image: Digest
  /// The number of questions that the step to this one asked.
  public let asked: Int
  /// The answers that do not hold.
  let failing: PagedBits
  /// The entries that rest on one of those, directly or through sources.
  let masked: PagedBits

  init(image: Digest, asked: Int, failing: PagedBits, masked: PagedBits) {
    self.image = image
    self.asked = asked
    self.failing = failing
    self.masked = masked
  }

  /// Whether an entry of this image may be served. O(1).
  @inline(__always)
  public func holds(_ entry: ImageEntry) -> Bool { masked.isEmpty || !masked.contains(entry.number) }

  /// The number of entries that may not be served.
  public var maskedCount: Int { masked.count }
}

/// A set of small numbers as pages of bits; copies share the pages that they do not change.
struct PagedBits: Sendable, Equatable {
  private static let wordsPerPage = 64
  /// A page without bits is empty.
  private var pages: [[UInt64]] = []
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  func contains(_ number: Int) -> Bool {
    let page = number >> 12
    guard page < pages.count, !pages[page].isEmpty else { return false }
    return pages[page][number >> 6 & 63] >> UInt64(number & 63) & 1 == 1
  }

  /// Adds a number; returns whether it was absent.
  @discardableResult
  mutating func insert(_ number: Int) -> Bool {
    if contains(number) { return false }
    let page = number >> 12
    if page >= pages.count { pages += Array(repeating: [], count: page + 1 - pages.count) }
    if pages[page].isEmpty { pages[page] = Array(repeating: 0, count: PagedBits.wordsPerPage) }
    pages[page][number >> 6 & 63] |= 1 << UInt64(number & 63)
    count += 1
    return true
  }

  /// Takes a number out; returns whether it was there.
  @discardableResult
  mutating func remove(_ number: Int) -> Bool {
    if !contains(number) { return false }
    pages[number >> 12][number >> 6 & 63] &= ~(1 << UInt64(number & 63))
    count -= 1
    return true
  }
}

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The entries whose sources this process has compared with their checksums. Bytes are verified when they enter the process (W9),
/// and those of a mapped file do not change (``MappedFile``), so once is enough.
///
/// Invariant of `Sendable`: `words` has a bit for each entry until this is deinitialized, and is touched by atomics only.
final class VerifiedEntries: Sendable {
  private static let lastFile = Atomic<UInt64>(0)

  /// Tells the entries of one mapped file from those of all others in this process: only they have bits here.
  let file = VerifiedEntries.lastFile.wrappingAdd(1, ordering: .relaxed).newValue
  private nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<UInt64>>?

  /// None of so many entries, yet. O(1), since the system gives zeros when a page is touched; without memory for it, entries are
  /// compared each time.
  init(count: Int) {
    words = calloc((count + 63) / 64, MemoryLayout<Atomic<UInt64>>.stride)?
      .assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  deinit { free(words) }

  func contains(_ entry: ImageEntry) -> Bool {
    guard let words, entry.file == file else { return false }
    return words[entry.number >> 6].load(ordering: .relaxed) >> UInt64(entry.number & 63) & 1 == 1
  }

  func insert(_ entry: ImageEntry) {
    guard let words, entry.file == file else { return }
    words[entry.number >> 6].bitwiseOr(1 << UInt64(entry.number & 63), ordering: .relaxed)
  }
}

/// Where to draw the line between sources that are worth their bytes and those that are not: a pure function of what each of a
/// generator's sources took and saved.
struct AdmissionChoice: Hashable {
  /// One source.
  struct Item: Hashable {
    var generationNanoseconds: Int64
    var savedNanoseconds: Int64
    var bytes: Int64
  }

  /// Sources that took no longer are left out; `nil` if none is.
  var limit: Int64?
  /// How many are left out.
  var leftOut = 0

  /// The line that leaves the most: what the sources above it saved, less what their bytes are worth. Of equals, the lowest.
  ///
  /// Only times of generation can be told apart before a source is stored, so the candidates are: none, and each time that
  /// occurs. Exact: sums need more than 64 bits. O(n log n).
  ///
  /// - Parameter nanosecondsPerKiB: What a KiB must save to be worth keeping.
  init(_ items: [Item], nanosecondsPerKiB: Int64) {
    let sorted = items.sorted { $0.generationNanoseconds < $1.generationNanoseconds }
    // What is lost by leaving out all up to here, in nanoseconds times 1,024.
    var (lost, least) = (Int128(0), Int128(0))
    for (position, item) in sorted.enumerated() {
      lost += Int128(item.savedNanoseconds) * 1024 - Int128(item.bytes) * Int128(nanosecondsPerKiB)
      let next = position + 1
      if next < sorted.count, sorted[next].generationNanoseconds == item.generationNanoseconds { continue }
      if lost < least { (least, limit, leftOut) = (lost, item.generationNanoseconds, next) }
    }
  }
}

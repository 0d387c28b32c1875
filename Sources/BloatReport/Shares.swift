/// Splits whole bytes into whole shares that add up to them, so that nothing is attributed twice or lost.
enum Shares {
  /// Shares of `total` in proportion to `weights`, each less than one byte off its exact share. Nothing for anybody if all
  /// weights are zero. `total` and weights are not negative. O(weights).
  static func split(_ total: Int64, by weights: [Int64]) -> [Int64] {
    let sum = weights.reduce(0, +)
    guard sum > 0 else { return Array(repeating: 0, count: weights.count) }
    if sum == total { return weights }
    var (weight, given) = (Int64(0), Int64(0))
    return weights.map { next in
      weight += next
      // The sum of all shares so far, rounded down; the product may need more than 64 bits.
      let upTo = sum.dividingFullWidth(total.multipliedFullWidth(by: weight)).quotient
      defer { given = upTo }
      return upTo - given
    }
  }

  /// The share of user number `position` of `count` users of row number `row`: equal to the others' to a byte. Which users
  /// get the bytes that are left over differs from row to row.
  static func even(_ total: Int64, position: Int, of count: Int, row: Int) -> Int64 {
    let rest = total % Int64(count)
    let turn = (position + row) % count
    return total / Int64(count) + (Int64(turn) < rest ? 1 : 0)
  }
}

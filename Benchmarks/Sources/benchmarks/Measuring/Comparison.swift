/// What was found out about a contender.
struct Timing {
  let name: String
  /// Nanoseconds an operation, by round.
  var rounds: [Double] = []
  /// Nanoseconds of single operations.
  var singles: [Double] = []
}

/// A contender whose rounds differ, such as one that writes.
struct Step {
  let name: String
  /// Takes a round's number, from 0 on; returns nanoseconds an operation, and those of single operations if it timed any.
  let run: (_ round: Int) throws -> (mean: Double, singles: [Double])

  init(_ name: String, _ run: @escaping (_ round: Int) throws -> Double) {
    self.name = name
    self.run = { (try run($0), []) }
  }

  init(_ name: String, timingSingles run: @escaping (_ round: Int) throws -> (mean: Double, singles: [Double])) {
    self.name = name
    self.run = run
  }
}

/// Runs steps in turns, each of them first as often as others. Round 0 warms up and is not counted.
func interleave(rounds: Int, _ steps: [Step]) throws -> [Timing] {
  Instant.calibrate()
  var timings = steps.map { Timing(name: $0.name) }
  for round in 0...rounds {
    for turn in steps.indices {
      let position = (turn + round) % steps.count
      let (mean, singles) = try steps[position].run(round)
      guard round > 0 else { continue }
      timings[position].rounds.append(mean)
      timings[position].singles += singles
    }
  }
  return timings
}

/// One of the ways of reading the same that are compared.
struct Contender {
  let name: String
  /// Reads the entry of each index, and returns a checksum of all bytes that it read.
  let run: (_ indices: ArraySlice<Int>) throws -> UInt64

  init(_ name: String, _ run: @escaping (_ indices: ArraySlice<Int>) throws -> UInt64) {
    self.name = name
    self.run = run
  }
}

/// Contenders that read the same and got different bytes.
struct Disagreement: Error, CustomStringConvertible {
  var names: [String]
  var description: String { "\(names.joined(separator: " and ")) did not read the same bytes" }
}

/// Compares readers in rounds of so many operations, and so many more that are timed one by one.
///
/// What counts of a round is the median of its parts: a part is so short that few of them meet another process.
struct Comparison {
  private static let parts = 64

  var rounds: Int
  var batch: Int
  var singles: Int

  /// - Parameter count: The indices are drawn from `0..<count`, in each round others.
  func measure(_ contenders: [Contender], over count: Int, with yardsticks: [Step] = []) throws -> [Timing] {
    let indices = (0...rounds).map { round in
      var random = SeededGenerator(seed: UInt64(round))
      return (0..<batch + singles).map { _ in Int.random(in: 0..<count, using: &random) }
    }
    var sums = [[UInt64]](repeating: [], count: rounds + 1)
    let steps = contenders.map { contender in
      Step(
        contender.name,
        timingSingles: { round in
          let indices = indices[round]
          var sum: UInt64 = 0
          let means = try Comparison.split(indices[..<batch]).map { part in
            try nanoseconds { sum &+= try contender.run(part) } / Double(part.count)
          }
          sums[round].append(sum)
          let singles = try indices[batch...].indices.map { index in
            try nanoseconds { blackHole(try contender.run(indices[index...index])) }
          }
          return (means.median, singles)
        })
    }
    let timings = try interleave(rounds: rounds, steps + yardsticks)
    guard sums.allSatisfy({ Set($0).count == 1 }) else { throw Disagreement(names: contenders.map(\.name)) }
    return timings
  }

  private static func split(_ indices: ArraySlice<Int>) -> [ArraySlice<Int>] {
    let size = max(1, indices.count / parts)
    return stride(from: indices.startIndex, to: indices.endIndex, by: size).map {
      indices[$0..<min($0 + size, indices.endIndex)]
    }
  }
}

/// Adds up a byte of each cache line, so that all of them are read.
func touch(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  var sum = UInt64(bytes.count)
  var offset = 0
  while offset < bytes.count {
    sum &+= UInt64(bytes[offset])
    offset += 64
  }
  if let last = bytes.last { sum &+= UInt64(last) }
  return sum
}

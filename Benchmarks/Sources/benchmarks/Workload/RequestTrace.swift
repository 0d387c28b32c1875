import Foundation
import JuliaCorpus
import WorldCache

/// Requests in their order, with what an answer costs to make and takes to keep.
struct RequestTrace {
  let name: String
  /// By number, from 0 on.
  let requests: [Int]
  let nanoseconds: [Double]
  let bytes: [Int64]

  /// What a cache that keeps everything would save.
  var repeated: Double {
    requests.reduce(0) { $0 + nanoseconds[$1] } - Set(requests).reduce(0) { $0 + nanoseconds[$1] }
  }

  /// The bytes of everything that is asked for.
  var allBytes: Int64 { Set(requests).reduce(0) { $0 + bytes[$1] } }

  /// A recorded trace: lines of JSON that stand beside a file of the corpus, named `trace` in the place of `gen`; `nil` if there
  /// are none.
  init?(besideCorpus path: String) throws {
    let tracePath = path.replacingOccurrences(of: "-gen.", with: "-trace.")
    guard tracePath != path, FileManager.default.fileExists(atPath: tracePath) else { return nil }
    let lines = try Corpus.lines(of: tracePath).map { try JSONValue(parsing: $0) }
    var sizes: [Int64: Int64] = [:]
    for line in try Corpus.lines(of: path) {
      let entry = try CorpusEntry(line: line)
      sizes[entry.id] = Int64(entry.generation.map { EncodedSource($0.code).payload.count } ?? 0)
    }
    var numbers: [Int64: Int] = [:]
    var times: [[Double]] = []
    var requests: [Int] = []
    var bytes: [Int64] = []
    for line in lines {
      guard let id = line["id"]?.integer, let time = line["ns"]?.integer else { continue }
      let number = numbers[id] ?? times.count
      if number == times.count {
        numbers[id] = number
        times.append([])
        bytes.append((sizes[id] ?? 0) + RequestTrace.bytesBeside)
      }
      times[number].append(Double(time))
      requests.append(number)
    }
    name = URL(fileURLWithPath: tracePath).lastPathComponent
    self.requests = requests
    nanoseconds = times.map(\.median)
    self.bytes = bytes
  }

  /// Made up: costs and sizes are spread as in the corpus, and have nothing to do with each other.
  ///
  /// - Parameter isUniform: All cost and take the same instead.
  init(_ name: String, _ requests: [Int], isUniform: Bool = false) {
    self.name = name
    self.requests = requests
    var random = SeededGenerator(seed: 1)
    func normal() -> Double {
      (-2 * log(1 - random.fraction())).squareRoot() * cos(2 * .pi * random.fraction())
    }
    let count = (requests.max() ?? 0) + 1
    let spread = isUniform ? 0.0 : 1
    nanoseconds = (0..<count).map { _ in 35_000 * exp(spread * normal()) }
    bytes = (0..<count).map { _ in Int64(100 * exp(0.5 * spread * normal())) + RequestTrace.bytesBeside }
  }

  /// What stands around a source in memory.
  private static let bytesBeside: Int64 = 256
}

extension RequestTrace {
  /// Some things are asked for again and again, most hardly ever.
  static func zipf(_ count: Int, requests: Int) -> RequestTrace {
    var random = SeededGenerator(seed: 2)
    let draw = zipfDraw(count)
    return RequestTrace("Zipf", (0..<requests).map { _ in draw(&random) })
  }

  /// Everything in turns.
  static func loop(_ count: Int, requests: Int, isUniform: Bool = false) -> RequestTrace {
    RequestTrace(
      isUniform ? "loop over \(count) equals" : "loop over \(count)", (0..<requests).map { $0 % count },
      isUniform: isUniform)
  }

  /// Zipf, and now and then two hundred that come once.
  static func scans(_ count: Int, requests: Int) -> RequestTrace {
    var random = SeededGenerator(seed: 3)
    let draw = zipfDraw(count)
    var all: [Int] = []
    var next = count
    while all.count < requests {
      all += (0..<500).map { _ in draw(&random) }
      all += next..<next + 200
      next += 200
    }
    return RequestTrace("Zipf and scans", all)
  }

  /// Zipf, whose favourites change now and then.
  static func phases(_ count: Int, requests: Int) -> RequestTrace {
    var random = SeededGenerator(seed: 4)
    let draw = zipfDraw(count)
    var all: [Int] = []
    for phase in 0..<8 {
      var order = Array(0..<count)
      var shuffling = SeededGenerator(seed: UInt64(phase))
      order.shuffle(using: &shuffling)
      all += (0..<requests / 8).map { _ in order[draw(&random)] }
    }
    return RequestTrace("Zipf in phases", all)
  }

  private static func zipfDraw(_ count: Int) -> (inout SeededGenerator) -> Int {
    var sums: [Double] = []
    for rank in 1...count { sums.append((sums.last ?? 0) + 1 / pow(Double(rank), 0.9)) }
    return { random in
      let wanted = random.fraction() * (sums.last ?? 0)
      return sums.partitioningIndex { $0 > wanted }
    }
  }
}

extension [Double] {
  /// The first position whose element has a property that all later ones have, too.
  fileprivate func partitioningIndex(_ holds: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// How the sources of a sample are kept.
enum BenchMode: String, CaseIterable {
  /// Not at all: a generator runs at each request.
  case off
  /// In memory, without a store.
  case memory
  /// In a store that an earlier process has filled.
  case warm
  /// In a store that is new.
  case cold
  /// At the instance that they were generated for: repeated generation costs nothing.
  case ceiling

  /// The name with what it means.
  var title: String {
    switch self {
    case .off: "off"
    case .memory: "memory"
    case .warm: "warm store, new process"
    case .cold: "cold store"
    case .ceiling: "ceiling: repeated generation for nothing"
    }
  }
}

/// What is measured.
enum BenchScenario: String, CaseIterable {
  /// The first call is inferred; nothing was inferred before.
  case scratch
  /// The second call is inferred, after the first.
  case cached

  var title: String {
    switch self {
    case .scratch: "from scratch"
    case .cached: "mostly cached"
    }
  }
}

/// One measurement, in a process of its own. All figures but those of opening and closing are of the measured call alone.
struct BenchSample: Hashable {
  /// Opening the store and attaching the session.
  var openingNanoseconds: Int64 = 0
  /// Inference itself.
  var inferenceNanoseconds: Int64 = 0
  /// The same, as time on a processor of the inferring thread alone.
  var processorNanoseconds: Int64 = 0
  /// Pages that the inferring thread touched first; -1 where they are not counted.
  var pageFaults: Int64 = -1
  /// Closing the session: what was generated is committed, uses are recorded.
  var closingNanoseconds: Int64 = 0
  /// Allocations of the inferring thread, and the bytes they asked for; -1 where they are not counted.
  var allocations: Int64 = -1
  var allocatedBytes: Int64 = -1
  var generatorRuns: Int64 = 0
  var generationNanoseconds: Int64 = 0
  /// Requests for sources, by who asks.
  var inferenceRequests: Int64 = 0
  var limitHeuristicsRequests: Int64 = 0
  var constantPropagationRequests: Int64 = 0
  /// Different sources that were not asked for before.
  var newSources: Int64 = 0
  var methodInstances: Int64 = 0
  var constantCalls: Int64 = 0
  var statements: Int64 = 0
  var reusedFromMemory: Int64 = 0
  var reusedFromStore: Int64 = 0
  /// The inferred type: equal in all samples of a cell.
  var type = ""

  var requests: Int64 { inferenceRequests + limitHeuristicsRequests + constantPropagationRequests }

  /// The numbers with their names, as they are written.
  static let numbers: [(name: String, path: WritableKeyPath<BenchSample, Int64> & Sendable)] = [
    ("openingNanoseconds", \.openingNanoseconds), ("inferenceNanoseconds", \.inferenceNanoseconds),
    ("closingNanoseconds", \.closingNanoseconds), ("allocations", \.allocations), ("allocatedBytes", \.allocatedBytes),
    ("generatorRuns", \.generatorRuns), ("generationNanoseconds", \.generationNanoseconds),
    ("inferenceRequests", \.inferenceRequests), ("limitHeuristicsRequests", \.limitHeuristicsRequests),
    ("constantPropagationRequests", \.constantPropagationRequests), ("newSources", \.newSources),
    ("methodInstances", \.methodInstances), ("constantCalls", \.constantCalls), ("statements", \.statements),
    ("reusedFromMemory", \.reusedFromMemory), ("reusedFromStore", \.reusedFromStore),
    ("processorNanoseconds", \.processorNanoseconds), ("pageFaults", \.pageFaults),
  ]

  /// The sample in one line, for the process that asked for it.
  var line: String {
    BenchSample.numbers.map { String(self[keyPath: $0.path]) }.joined(separator: " ") + " " + type
  }

  init() {}

  /// Reads a ``line``; `nil` if it is none.
  init?(line: String) {
    let count = BenchSample.numbers.count
    let parts = line.split(separator: " ", maxSplits: count, omittingEmptySubsequences: false)
    guard parts.count == count + 1 else { return nil }
    for (number, part) in zip(BenchSample.numbers, parts) {
      guard let value = Int64(part) else { return nil }
      self[keyPath: number.path] = value
    }
    type = String(parts[count])
  }
}

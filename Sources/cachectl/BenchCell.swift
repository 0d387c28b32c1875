/// All samples of one call of one program.
struct BenchCell {
  let program: String
  let scenario: BenchScenario
  /// The call that is measured.
  let call: String
  /// In the order of the rounds.
  private(set) var samples: [BenchMode: [BenchSample]] = [:]

  init(program: String, scenario: BenchScenario, call: String) {
    self.program = program
    self.scenario = scenario
    self.call = call
  }

  /// The program's file name without its ending.
  var name: String { BenchCell.name(ofProgram: program) }

  static func name(ofProgram path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.hasSuffix(".ir") ? String(file.dropLast(3)) : file
  }
  var title: String { "\(name), \(scenario.title)" }
  var reference: BenchReference? { BenchReference.known[name] }

  mutating func add(_ sample: BenchSample, _ mode: BenchMode) { samples[mode, default: []].append(sample) }

  /// Every mode infers the same; where it does not, no figure means anything.
  func checkTypes() throws(BenchError) {
    let types = Set(samples.values.joined().map(\.type))
    if types.count > 1 { throw .typesDiffer(call: call, types: types.sorted()) }
  }

  /// A figure of all samples of a mode; `nil` without samples.
  func statistics(_ mode: BenchMode, _ figure: KeyPath<BenchSample, Int64>) -> BenchStatistics? {
    BenchStatistics((samples[mode] ?? []).map { Double($0[keyPath: figure]) })
  }

  /// A figure that differs little or not at all between samples: its median.
  func typical(_ mode: BenchMode, _ figure: KeyPath<BenchSample, Int64>) -> Double {
    statistics(mode, figure)?.median ?? 0
  }

  /// The time of inference with one mode over that with another: the median over the rounds. Samples of one round were taken
  /// one after the other, so what disturbs a machine for longer than that falls on both and cancels.
  func ratio(_ numerator: BenchMode, to denominator: BenchMode) -> Double {
    ratios(numerator, to: denominator)?.median ?? .nan
  }

  /// The ratios of all rounds, of the times or of another figure.
  func ratios(
    _ numerator: BenchMode, to denominator: BenchMode, of figure: KeyPath<BenchSample, Int64> = \.inferenceNanoseconds
  ) -> BenchStatistics? {
    BenchStatistics(
      zip(samples[numerator] ?? [], samples[denominator] ?? []).map {
        Double($0[keyPath: figure]) / Double($1[keyPath: figure])
      })
  }

  /// Requests for each different source, with the cache off; `nil` if many were asked for before.
  var requestsPerSource: Double? {
    scenario == .scratch ? typical(.off, \.requests) / typical(.off, \.newSources) : nil
  }
  /// The part of the time that generators take with the cache off.
  var generatorShare: Double {
    let shares = (samples[.off] ?? []).map { Double($0.generationNanoseconds) / Double($0.inferenceNanoseconds) }
    return BenchStatistics(shares)?.median ?? .nan
  }

  /// What is demanded of every cell, and what was measured.
  var demands: [BenchDemand] {
    [
      BenchDemand("memory of ceiling", ratios(.ceiling, to: .memory), .atLeast(0.90)),
      BenchDemand("warm of ceiling", ratios(.ceiling, to: .warm), .atLeast(0.75)),
      BenchDemand("cold over memory", ratios(.cold, to: .memory), minus: 1, .below(0.05)),
    ]
  }
}

/// A ratio that a benchmark must keep.
struct BenchDemand: Hashable {
  enum Bound: Hashable {
    case atLeast(Double)
    case below(Double)
  }

  let name: String
  /// The median over the rounds.
  let measured: Double
  /// Where it would lie after very many rounds, with a confidence of 95%; `nil` after too few to tell.
  let interval: ClosedRange<Double>?
  let bound: Bound

  init(_ name: String, _ ratios: BenchStatistics?, minus offset: Double = 0, _ bound: Bound) {
    self.name = name
    measured = (ratios?.median ?? .nan) - offset
    interval = ratios?.medianInterval.map { $0.lowerBound - offset...$0.upperBound - offset }
    self.bound = bound
  }

  /// Whether what was measured reaches it.
  var isMet: Bool { isReached(by: measured) }

  /// Whether more rounds could well say the opposite.
  var isDoubtful: Bool { interval.map { isReached(by: $0.lowerBound) != isReached(by: $0.upperBound) } ?? false }

  private func isReached(by value: Double) -> Bool {
    switch bound {
    case .atLeast(let limit): value >= limit
    case .below(let limit): value < limit
    }
  }
}

/// What others measured of the same call graphs.
struct BenchReference {
  /// The seed: how much faster inference is with the cache in memory (DESIGN section 9).
  let seed: [BenchScenario: Double]
  /// Julia 1.5.3: generator calls for each different source, over several passes.
  let juliaRequestsPerSource: ClosedRange<Double>
  /// Julia 1.5.3: the part of inference that generators take.
  let juliaGeneratorShare: ClosedRange<Double>

  /// By the name of the program.
  static let known = [
    "sin": BenchReference(
      seed: [.scratch: 4.2, .cached: 8.2], juliaRequestsPerSource: 9.1...13.6, juliaGeneratorShare: 0.21...0.32),
    "findall": BenchReference(
      seed: [.scratch: 3.7, .cached: 1.4], juliaRequestsPerSource: 5.8...8.0, juliaGeneratorShare: 0.20...0.29),
  ]
}

/// How much is measured.
enum Scale: String, CaseIterable, Codable {
  /// A minute or two, for a look and for CI.
  case quick
  /// About a quarter of an hour on four processors.
  case normal
  /// Everything.
  case full

  /// One of three values.
  func callAsFunction<Value>(quick: Value, normal: Value, full: Value) -> Value {
    switch self {
    case .quick: quick
    case .normal: normal
    case .full: full
    }
  }
}

/// What a run measures, and with what.
final class Run {
  let scale: Scale
  let rounds: Int
  /// The folder for curves; `nil` if nobody wants them.
  let output: String?
  /// Files of real sources (docs/corpus.md), compressed or not.
  let corpora: [String]
  let fixtures: Fixtures

  init(scale: Scale, rounds: Int, output: String? = nil, corpora: [String] = []) throws {
    self.scale = scale
    self.rounds = rounds
    self.output = output
    self.corpora = corpora
    fixtures = try Fixtures()
  }

  /// How readers are compared: batches of about 10 ms for an operation that takes a microsecond.
  func comparison(batch: Int) -> Comparison {
    Comparison(
      rounds: rounds, batch: scale(quick: batch / 5, normal: batch, full: batch),
      singles: scale(quick: 100, normal: 500, full: 2000))
  }

  /// Says what is being measured, for whoever waits.
  func progress(_ text: String) { StandardError.write("\(text) …\n") }
}

import Testing

@testable import benchmarks

@Suite("Statistics")
struct StatisticsTests {
  @Test("The median of an even number of values is between the middle two, of none it is no number")
  func median() {
    #expect([3.0, 1, 2].median == 2)
    #expect([4.0, 1, 3, 2].median == 2.5)
    #expect([Double]().median.isNaN)
  }

  @Test("A quantile is a value that occurred: the nearest rank")
  func quantile() {
    let values = (1...100).map(Double.init).shuffled()
    #expect(values.quantile(0.99) == 99)
    #expect(values.quantile(1) == 100)
    #expect(values.quantile(0) == 1)
    #expect([7.0].quantile(0.99) == 7)
  }

  @Test("A ratio is the median of the rounds' ratios, so noise that meets both sides of a round changes nothing")
  func ratio() {
    #expect(medianRatio([2, 200, 4], [1, 100, 2]) == 2)
  }

  @Test("A steady mean is not moved by a part that another process disturbed")
  func steadyMean() {
    #expect([1.0, 3, 1, 3, 1000, 3000, 1, 3].steadyMean(parts: 4) == 2)
    #expect([5.0].steadyMean() == 5)
  }

  @Test("Contenders run in turns, each of them first as often as others, and the first round is not counted")
  func turns() throws {
    var log: [String] = []
    let steps = ["a", "b"].map { name in
      Step(name) { round in
        log.append("\(name)\(round)")
        return Double(round)
      }
    }
    let timings = try interleave(rounds: 2, steps)
    #expect(log == ["a0", "b0", "b1", "a1", "a2", "b2"])
    #expect(timings.map(\.rounds) == [[1, 2], [1, 2]])
  }

  @Test("Contenders that read other bytes are found out")
  func disagreement() {
    let contenders = [Contender("a") { _ in 1 }, Contender("b") { $0.contains(3) ? 2 : 1 }]
    #expect(throws: Disagreement.self) {
      try Comparison(rounds: 1, batch: 100, singles: 1).measure(contenders, over: 4)
    }
  }
}

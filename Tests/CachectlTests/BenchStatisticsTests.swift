import Testing

@testable import cachectl

@Suite("What a series of measurements says")
struct BenchStatisticsTests {
  @Test("Least, median, mean, deviation and greatest do not depend on the order")
  func figures() throws {
    let statistics = try #require(BenchStatistics([9, 2, 4, 4, 5, 4, 7, 5]))
    #expect(statistics.count == 8)
    #expect(statistics.minimum == 2)
    #expect(statistics.median == 4.5)
    #expect(statistics.mean == 5)
    #expect(statistics.sigma == (32.0 / 7).squareRoot())
    #expect(statistics.maximum == 9)
    #expect(BenchStatistics([2, 4, 4, 4, 5, 5, 7, 9]) == statistics)
  }

  @Test("The median of an odd number is one of them")
  func median() { #expect(BenchStatistics([30, 10, 20])?.median == 20) }

  @Test("One value deviates by nothing; none says nothing")
  func few() {
    #expect(BenchStatistics([7])?.sigma == 0)
    #expect(BenchStatistics([7])?.median == 7)
    #expect(BenchStatistics([]) == nil)
  }

  @Test("The median lies between values so far out that a coin would rarely fall so often on one side")
  func interval() throws {
    func interval(_ count: Int) -> ClosedRange<Double>? {
      BenchStatistics((1...count).map(Double.init))?.medianInterval
    }
    // From tables of the sign test: the values left out at either end are 0 of 6, 1 of 9, 3 of 15, 9 of 30, 39 of 100.
    #expect(interval(5) == nil)
    #expect(interval(6) == 1...6)
    #expect(interval(9) == 2...8)
    #expect(interval(15) == 4...12)
    #expect(interval(30) == 10...21)
    #expect(interval(100) == 40...61)
    #expect(try #require(interval(10_000)).contains(5_000))
  }

  @Test("A demand is in doubt if its bound lies in the interval")
  func doubt() {
    func demand(_ values: [Double]) -> BenchDemand {
      BenchDemand("cold over memory", BenchStatistics(values), minus: 1, .below(0.05))
    }
    #expect(demand([1.01, 1.02, 1.03, 1.01, 1.02, 1.04]).isDoubtful == false)
    #expect(demand([1.06, 1.07, 1.08, 1.06, 1.07, 1.08]).isDoubtful == false)
    #expect(demand([1.01, 1.02, 1.03, 1.01, 1.02, 1.09]).isDoubtful)
    #expect(demand([1.01, 1.09]).isDoubtful == false, "two say nothing")
  }

  @Test("Rounding puts no mean outside of what it is the mean of")
  func rounding() throws {
    let statistics = try #require(BenchStatistics([0.1, 0.1, 0.1]))
    #expect(statistics.mean == 0.1)
    #expect(statistics.sigma == 0)
  }

  @Test("A histogram counts every value once, the greatest in the last interval")
  func histogram() {
    let histogram = BenchHistogram([0, 1, 2, 3, 4, 5, 6, 7, 8, 8], width: 4)
    #expect(histogram.counts == [2, 2, 2, 4])
    #expect(BenchHistogram([0, 100], width: 3).counts == [1, 0, 1])
  }

  @Test("Equal values are in one interval; no values, in none")
  func equalValues() {
    #expect(BenchHistogram([5, 5, 5], width: 3).counts == [3, 0, 0])
    #expect(BenchHistogram([], width: 3).counts == [0, 0, 0])
    #expect(BenchHistogram([], width: 3).bars == "   ")
  }

  @Test("Bars are as high as the counts; what occurred once among many is seen")
  func bars() {
    #expect(BenchHistogram([0, 0, 0, 0, 10, 10, 20], width: 3).bars == "█▄▂")
    let many = [Double](repeating: 0, count: 1000) + [5, 9]
    #expect(BenchHistogram(many, width: 10).bars == "█    ▁   ▁")
  }
}

@Suite("Samples and cells")
struct BenchCellTests {
  private func sample(_ nanoseconds: Int64, type: String = "Int64") -> BenchSample {
    var sample = BenchSample()
    sample.inferenceNanoseconds = nanoseconds
    sample.type = type
    return sample
  }

  private func cell(_ times: [BenchMode: [Int64]]) -> BenchCell {
    var cell = BenchCell(program: "folder/sin.ir", scenario: .scratch, call: "f()")
    for (mode, times) in times { for time in times { cell.add(sample(time), mode) } }
    return cell
  }

  @Test("A sample is read back from its line, whatever the type's name")
  func line() {
    var sample = sample(123, type: "Tuple{Int64, Union{A, B}}")
    sample.allocations = -1
    sample.constantCalls = 7
    #expect(BenchSample(line: sample.line) == sample)
    #expect(BenchSample(line: "") == nil)
    #expect(BenchSample(line: "1 2 3") == nil)
    #expect(BenchSample(line: sample.line.replacing("123", with: "x")) == nil)
  }

  @Test("A ratio is the median of those of the rounds: what slows a round down falls on both modes")
  func ratios() {
    let cell = cell([.off: [200, 4000, 300], .memory: [100, 2000, 100]])
    #expect(cell.ratio(.off, to: .memory) == 2)
    #expect(cell.ratio(.off, to: .warm).isNaN)
  }

  @Test("Demands are met at their bound, the overhead's only below it")
  func demands() {
    let met = cell([.off: [300], .memory: [100], .warm: [120], .cold: [104], .ceiling: [90]])
    #expect(met.demands.map(\.isMet) == [true, true, true])
    let missed = cell([.off: [300], .memory: [1000], .warm: [1000], .cold: [1050], .ceiling: [749]])
    #expect(missed.demands.map(\.isMet) == [false, false, false])
    #expect(!BenchReport(cells: [met, missed], samples: 1).isMet)
    #expect(BenchReport(cells: [met], samples: 1).isMet)
  }

  @Test("A cell without samples meets nothing, and can be shown")
  func empty() {
    let cell = cell([:])
    #expect(cell.demands.map(\.isMet) == [false, false, false])
    #expect(BenchReport(cells: [cell], samples: 0).json.compact.contains(#""inference":null"#))
  }

  @Test("A cell is known by its program's name")
  func name() {
    #expect(cell([:]).name == "sin")
    #expect(cell([:]).reference?.seed[.scratch] == 4.2)
    #expect(BenchCell(program: "other", scenario: .cached, call: "").name == "other")
  }

  @Test("Modes that infer different types are an error")
  func types() throws {
    var cell = cell([.off: [1, 2], .memory: [1]])
    try cell.checkTypes()
    cell.add(sample(1, type: "Float64"), .warm)
    #expect(throws: BenchError.typesDiffer(call: "f()", types: ["Float64", "Int64"])) { try cell.checkTypes() }
  }
}

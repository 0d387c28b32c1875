import Foundation
import Testing

@testable import benchmarks

@Suite("Charts")
struct ChartTests {
  private let chart = Chart(
    name: "c", title: "Hits < misses", xLabel: "entries, all", yLabel: "time",
    series: [
      Chart.Series(
        name: "ours", points: [Chart.Point(x: 10, median: 150, p99: 300), Chart.Point(x: 1000, median: 1500)]),
      Chart.Series(name: "\"theirs\"", points: [Chart.Point(x: 10, median: 20)]),
    ])

  @Test("CSV has a line for each point, and quotes what needs it")
  func csv() {
    #expect(
      chart.csv == """
        series,"entries, all",median_ns,p99_ns
        ours,10,150.0,300.0
        ours,1000,1500.0,
        \"""theirs\""",10,20.0,

        """)
  }

  @Test("An axis goes from a power of ten to a power of ten, and equal ratios are equal distances")
  func axis() {
    let axis = LogarithmicAxis([20, 5000], from: 0, to: 300)
    #expect(axis.decades.map { $0.rounded() } == [10, 100, 1000, 10_000])
    #expect(abs(axis.position(of: 100) - 100) < 1e-9)
    #expect(abs(axis.position(of: 10_000) - 300) < 1e-9)
    #expect(LogarithmicAxis([7, 7], from: 0, to: 1).decades.count == 2)
    #expect(LogarithmicAxis([0, .nan], from: 0, to: 1).decades == [1, 10])
  }

  @Test("A picture has a curve and a legend for each series, escapes texts, and has colours for dark ground")
  func svg() throws {
    let svg = chart.svg
    #expect(svg.components(separatedBy: "<polyline").count - 1 == 4)
    #expect(svg.contains("Hits &lt; misses"))
    #expect(svg.contains("prefers-color-scheme:dark"))
    // From 10 to 1000 along the whole axis, from 150 ns, in the second of three decades, to 1.5 us.
    #expect(svg.contains(#"points="70.0,253.7 540.0,142.0""#))
  }
}

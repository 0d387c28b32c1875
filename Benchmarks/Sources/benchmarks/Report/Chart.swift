/// Curves over one quantity: what the `growth` group finds.
struct Chart: Hashable {
  struct Point: Hashable {
    var x: Double
    var median: Double
    var p99: Double?
  }

  struct Series: Hashable {
    var name: String
    var points: [Point]
  }

  /// The name of its files.
  var name: String
  var title: String
  /// What grows.
  var xLabel: String
  /// What is measured: times, in nanoseconds.
  var yLabel: String
  var series: [Series]

  /// A line for each point: series, x, median, 99th percentile or nothing.
  var csv: String {
    var lines = ["series,\(Chart.field(xLabel)),median_ns,p99_ns"]
    for series in series {
      for point in series.points {
        lines.append(
          "\(Chart.field(series.name)),\(point.x.digits(0)),\(point.median.digits(1)),\(point.p99?.digits(1) ?? "")")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A field as RFC 4180 wants it.
  private static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"\n".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

/// A logarithmic axis: from a power of ten to a power of ten.
struct LogarithmicAxis: Hashable {
  /// Exponents of ten.
  let first: Int
  let last: Int
  /// Where the ends are drawn.
  let start: Double
  let end: Double

  /// The narrowest axis that has all values, and at least one decade. Values that are not above zero have no place.
  init(_ values: [Double], from start: Double, to end: Double) {
    let exponents = values.filter { $0 > 0 && $0.isFinite }.map(LogarithmicAxis.exponent)
    first = Int((exponents.min() ?? 0).rounded(.down))
    last = max(first + 1, Int((exponents.max() ?? 0).rounded(.up)))
    self.start = start
    self.end = end
  }

  /// The powers of ten on it.
  var decades: [Double] { (first...last).map { LogarithmicAxis.power($0) } }

  /// Where a value is drawn.
  func position(of value: Double) -> Double {
    start + (LogarithmicAxis.exponent(value) - Double(first)) / Double(last - first) * (end - start)
  }
}

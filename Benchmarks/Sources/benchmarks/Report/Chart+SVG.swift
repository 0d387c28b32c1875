extension Chart {
  /// A picture of the medians: both axes logarithmic, a legend beside, legible on light and dark ground. Series differ in
  /// colour, in the form of their points and in their dashes.
  var svg: String {
    let (width, height) = (760.0, 440.0)
    let (left, right, top, bottom) = (70.0, 540.0, 50.0, 385.0)
    let points = series.flatMap(\.points)
    let x = LogarithmicAxis(points.map(\.x), from: left, to: right)
    let y = LogarithmicAxis(points.map(\.median), from: bottom, to: top)
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width.digits(0)) \(height.digits(0))" role="img">
      <title>\(Chart.escaped(title))</title>
      <style>\(Chart.style)</style>
      <rect class="ground" width="100%" height="100%"/>
      <text class="title" x="\(left.digits(0))" y="26">\(Chart.escaped(title))</text>
      """
    ]
    for decade in x.decades {
      let place = x.position(of: decade).digits(1)
      parts.append(#"<line class="grid" x1="\#(place)" y1="\#(top)" x2="\#(place)" y2="\#(bottom)"/>"#)
      parts.append(
        #"<text text-anchor="middle" x="\#(place)" y="\#(bottom + 18)">\#(LogarithmicAxis.text(decade))</text>"#)
    }
    for decade in y.decades {
      let place = y.position(of: decade).digits(1)
      parts.append(#"<line class="grid" x1="\#(left)" y1="\#(place)" x2="\#(right)" y2="\#(place)"/>"#)
      parts.append(
        #"<text text-anchor="end" x="\#(left - 8)" y="\#(place)" dy="4">\#(LogarithmicAxis.time(decade))</text>"#)
    }
    parts.append(
      #"<text text-anchor="middle" x="\#((left + right) / 2)" y="\#(bottom + 40)">\#(Chart.escaped(xLabel))</text>"#)
    parts.append(#"<text x="\#(left)" y="42">\#(Chart.escaped(yLabel))</text>"#)
    for (number, series) in series.enumerated() {
      parts.append(Chart.curve(series, number, x, y))
      parts.append(Chart.legend(series.name, number, x: right + 20, y: top + 14 + 24 * Double(number)))
    }
    return parts.joined(separator: "\n") + "\n</svg>\n"
  }

  private static func curve(_ series: Series, _ number: Int, _ x: LogarithmicAxis, _ y: LogarithmicAxis) -> String {
    let places = series.points.filter { $0.x > 0 && $0.median > 0 }.map {
      (x.position(of: $0.x), y.position(of: $0.median))
    }
    let path = places.map { "\($0.digits(1)),\($1.digits(1))" }.joined(separator: " ")
    return #"<g class="\#(style(of: number))"><polyline points="\#(path)"/>"#
      + places.map { mark(number, $0, $1) }.joined() + "</g>"
  }

  private static func legend(_ name: String, _ number: Int, x: Double, y: Double) -> String {
    #"<g class="\#(style(of: number))"><polyline points="\#(x),\#(y) \#(x + 30),\#(y)"/>\#(mark(number, x + 15, y))</g>"#
      + #"<text x="\#(x + 38)" y="\#(y)" dy="4">\#(escaped(name))</text>"#
  }

  private static func style(of number: Int) -> String { "s\(number % colors.count)" }

  private static func mark(_ number: Int, _ x: Double, _ y: Double) -> String {
    let size = 4.0
    let corners: [(Double, Double)]? =
      switch number % 4 {
      case 1: [(-1, -1), (1, -1), (1, 1), (-1, 1)]
      case 2: [(0, -1.3), (1.2, 1), (-1.2, 1)]
      case 3: [(0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)]
      default: nil
      }
    guard let corners else { return #"<circle cx="\#(x.digits(1))" cy="\#(y.digits(1))" r="\#(size)"/>"# }
    let path = corners.map { "\((x + $0 * size).digits(1)),\((y + $1 * size).digits(1))" }.joined(separator: " ")
    return #"<polygon points="\#(path)"/>"#
  }

  /// Colours that people tell apart who see few of them; each has contrast enough with white and with dark grey.
  private static let colors = ["#0072b2", "#d55e00", "#009e73", "#b05c8e", "#a67c00", "#3a93c4", "#7a7a7a", "#8c564b"]

  private static var style: String {
    let series = colors.enumerated().map { number, color in
      let dash = number < 2 ? "" : ".s\(number) polyline{stroke-dasharray:\(["7 3", "2 3", "9 3 2 3"][number % 3])}"
      return ".s\(number) polyline{stroke:\(color)}.s\(number) circle,.s\(number) polygon{fill:\(color)}" + dash
    }
    return """
      text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-size:16px;font-weight:600}.ground{fill:#fff}\
      .grid{stroke:#d0d7de}polyline{fill:none;stroke-width:2}\(series.joined())\
      @media(prefers-color-scheme:dark){text{fill:#e6edf3}.ground{fill:#16191d}.grid{stroke:#3a4048}}
      """
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}

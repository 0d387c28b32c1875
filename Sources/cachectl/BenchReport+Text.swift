import BloatReport

extension BenchReport {
  /// Each cell in the manner of Julia's BenchmarkTools, then all of them in tables.
  func write(to output: inout Output) {
    let style = Style.standard
    for cell in cells {
      output.writeLine(style.bold("\(cell.title): \(cell.call)"))
      output.writeLine("")
      for mode in BenchMode.allCases {
        for line in cell.lines(mode, style) { output.writeLine(line) }
        output.writeLine("")
      }
    }
    writeTimes(to: &output, style)
    writeRequests(to: &output)
    for cell in cells {
      for demand in cell.demands where !demand.isMet {
        output.writeLine(style.bad("missed: \(cell.title): \(demand.name) is \(demand.words)"))
      }
      for demand in cell.demands where demand.isDoubtful {
        output.writeLine("in doubt: \(cell.title): \(demand.name) is \(demand.words)")
      }
    }
    if isMet { output.writeLine(style.good("Every cell reaches what is demanded.")) }
  }

  private func writeTimes(to output: inout Output, _ style: Style) {
    var table = TextTable(
      [TextTable.Column("CELL")]
        + ["OFF", "OFF/MEMORY", "SEED", "OFF/WARM", "OFF/COLD", "OFF/CEILING", "MEMORY", "WARM", "COLD"].map {
          TextTable.Column($0, isNumeric: true)
        } + [TextTable.Column("DEMANDS")])
    for cell in cells {
      let demands = cell.demands
      let off = cell.typical(.off, \.inferenceNanoseconds)
      table.add(
        [
          cell.title, Readable.duration(nanoseconds: Int64(off)), Readable.ratio(cell.ratio(.off, to: .memory)),
          cell.reference?.seed[cell.scenario].map { Readable.ratio($0) } ?? "-",
          Readable.ratio(cell.ratio(.off, to: .warm)), Readable.ratio(cell.ratio(.off, to: .cold)),
          Readable.ratio(cell.ratio(.off, to: .ceiling)),
        ] + demands.map(\.measuredWords) + [demands.allSatisfy(\.isMet) ? "pass" : "FAIL"],
        to: &output)
    }
    table.finish(&output)
    output.write(
      """

      OFF          the median time of inference without a cache
      OFF/…        how many times faster it is with the cache in memory, over a store that an earlier process filled, over a
                   new store, and with repeated generation for nothing (the ceiling); medians of the ratios in each round
      SEED         what the seed found for OFF/MEMORY, in another version of Julia and on another machine
      MEMORY, WARM how much of the ceiling they reach: its time over theirs; demanded are 90% and 75%
      COLD         what a new store costs over the cache in memory; demanded is less than 5%
                   in brackets: where these medians lie with a confidence of 95%; what holds a bound gets more samples


      """)
  }

  private func writeRequests(to output: inout Output) {
    var table = TextTable(
      [TextTable.Column("CELL")]
        + ["REQUESTS", "INFERENCE", "LIMITS", "CONSTANTS", "NEW SOURCES", "PER SOURCE", "JULIA", "SHARE", "JULIA"].map {
          TextTable.Column($0, isNumeric: true)
        })
    for cell in cells {
      table.add(
        [cell.title]
          + [\BenchSample.requests, \.inferenceRequests, \.limitHeuristicsRequests, \.constantPropagationRequests]
          .map { Readable.number(cell.typical(.off, $0)) } + [
            Readable.number(cell.typical(.off, \.newSources)), cell.requestsPerSource.map { Readable.ratio($0) } ?? "-",
            cell.reference.map {
              "\($0.juliaRequestsPerSource.lowerBound)-\($0.juliaRequestsPerSource.upperBound)"
            } ?? "-",
            Readable.percent(cell.generatorShare),
            cell.reference.map {
              "\(Readable.percent($0.juliaGeneratorShare.lowerBound))-\(Readable.percent($0.juliaGeneratorShare.upperBound))"
            } ?? "-",
          ], to: &output)
    }
    table.finish(&output)
    output.write(
      """

      REQUESTS     for generated sources, without a cache
      INFERENCE, LIMITS, CONSTANTS
                   who asks: inference of a call; the limit heuristics; constant propagation
      NEW SOURCES  how many different ones were asked for, and not before
      PER SOURCE   requests for each of them; JULIA: generator calls for each, Julia 1.5.3 with three passes
      SHARE        the part of the time that generators take without a cache; JULIA: the same there


      """)
  }
}

extension BenchCell {
  /// One mode of the cell.
  fileprivate func lines(_ mode: BenchMode, _ style: Style) -> [String] {
    guard let time = statistics(mode, \.inferenceNanoseconds) else { return [] }
    func duration(_ nanoseconds: Double) -> String { Readable.duration(nanoseconds: Int64(nanoseconds)) }
    let facts = [
      "generator runs: \(Readable.number(typical(mode, \.generatorRuns)))",
      "requests: \(Readable.number(typical(mode, \.requests))), new sources: \(Readable.number(typical(mode, \.newSources)))",
      "opening, closing: \(duration(typical(mode, \.openingNanoseconds))), \(duration(typical(mode, \.closingNanoseconds)))",
    ]
    let times = [
      " Range (min … max):  \(duration(time.minimum)) … \(duration(time.maximum))",
      " Time  (median):     \(style.bold(duration(time.median)))",
      " Time  (mean ± σ):   \(duration(time.mean)) ± \(duration(time.sigma))",
    ]
    let plain = [times[0].count, " Time  (median):     \(duration(time.median))".count, times[2].count]
    let width = max(44, plain.max() ?? 0)
    let head = zip(zip(times, plain), facts).map { time, fact in
      "\(time.0)\(String(repeating: " ", count: width - time.1))  ┊ \(fact)"
    }
    let axis = "frequency by time"
    let (least, greatest) = (duration(time.minimum), duration(time.maximum))
    let gap = max(2, BenchReport.histogramWidth - least.count - greatest.count - axis.count)
    let left = String(repeating: " ", count: gap / 2)
    let right = String(repeating: " ", count: gap - gap / 2)
    return ["\(mode.title): \(Readable.count(time.count, "sample")), each in a process of its own"] + head + [
      " \(histogram(mode).bars)",
      " \(least)\(left)\(style.faint(axis))\(right)\(greatest)",
      " Memory: \(memory(mode))",
    ]
  }

  private func memory(_ mode: BenchMode) -> String {
    guard samples[mode]?.allSatisfy({ $0.allocations >= 0 }) == true else { return "unknown on this system" }
    let bytes = Readable.bytes(Int64(typical(mode, \.allocatedBytes)))
    return "\(bytes) in \(Readable.number(typical(mode, \.allocations))) allocations, by the inferring thread"
  }
}

extension BenchDemand {
  fileprivate var words: String {
    let demanded =
      switch bound {
      case .atLeast(let limit): "demanded is \(Readable.percent(limit)) at least"
      case .below(let limit): "demanded is less than \(Readable.percent(limit))"
      }
    return "\(measuredWords), \(demanded)"
  }

  /// The median with its interval: `4.1% (2.0% to 6.3%)`.
  fileprivate var measuredWords: String {
    guard let interval else { return Readable.percent(measured) }
    let (low, high) = (Readable.percent(interval.lowerBound), Readable.percent(interval.upperBound))
    return "\(Readable.percent(measured)) (\(low) to \(high))"
  }
}

extension Readable {
  /// `4.20`; `-` if it is no number.
  static func ratio(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "-" }
    let hundredths = Int64((abs(value) * 100).rounded())
    let rest = String(hundredths % 100)
    return "\(value < 0 ? "-" : "")\(hundredths / 100).\(rest.count == 1 ? "0" : "")\(rest)"
  }

  /// `90%`, `4.3%`: with a decimal where it matters; `-` if it is no number.
  fileprivate static func percent(_ share: Double) -> String {
    guard share.isFinite, abs(share) < 1e9 else { return "-" }
    let thousandths = Int64((abs(share) * 1000).rounded())
    let sign = share < 0 && thousandths > 0 ? "-" : ""
    let decimal = thousandths % 10 == 0 || thousandths >= 1000 ? "" : ".\(thousandths % 10)"
    return "\(sign)\(thousandths / 10)\(decimal)%"
  }

  /// `1234`: a count, or the median of some.
  fileprivate static func number(_ value: Double) -> String { String(Int64(value.rounded())) }
}

import Foundation

extension BenchmarkGroup {
  /// Inference of the two call graphs of the seed, as `cachectl bench inference` measures it.
  static let inference = BenchmarkGroup(
    name: "inference", abstract: "inference of the seed's call graphs, with and without the cache"
  ) { run in
    try InferenceReport(try Cachectl.run(["bench", "inference", "--json", "--samples", "\(run.rounds)"])).rows
  }
}

/// What `cachectl bench inference --json` prints.
struct InferenceReport: Decodable {
  struct Cell: Decodable {
    let name: String
    let scenario: String
    let ratios: [String: Double]
  }

  let cells: [Cell]

  init(_ text: Data) throws { self = try JSONDecoder().decode(InferenceReport.self, from: text) }

  /// Every ratio of every cell.
  var rows: [Row] {
    cells.map { cell in
      Row(
        name: "\(cell.name) \(cell.scenario)",
        ratios: cell.ratios.sorted { $0.key < $1.key }.map { Ratio(name: $0.key, value: $0.value) })
    }
  }
}

/// The command of the main package, which is built beside this program.
enum Cachectl {
  struct Failure: Error, CustomStringConvertible {
    var arguments: [String]
    var status: Int32
    var description: String { "cachectl \(arguments.joined(separator: " ")) ended with status \(status)" }
  }

  /// Runs it in the working directory; its standard error is ours.
  static func run(_ arguments: [String], in folder: URL? = Bundle.main.executableURL) throws -> Data {
    let process = Process()
    process.executableURL = folder?.deletingLastPathComponent().appendingPathComponent("cachectl")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw Failure(arguments: arguments, status: process.terminationStatus)
    }
    return output
  }
}

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
  /// Runs it in the working directory.
  static func run(_ arguments: [String], in folder: URL? = Bundle.main.executableURL) throws -> Data {
    let path = folder?.deletingLastPathComponent().appendingPathComponent("cachectl").path ?? "cachectl"
    return try ChildProcess(path, arguments).output()
  }
}

import SourceStore
import Testing

@testable import BloatReport

@Suite("Every byte of a file is attributed once")
struct AttributionTests {
  @Test("Shares are whole, add up, and are less than a byte off", arguments: 0..<200)
  func split(seed: Int) {
    var random = Seeded(seed)
    let total = Int64.random(in: 0...(seed % 2 == 0 ? 1_000 : 1 << 50), using: &random)
    let weights = (0..<Int.random(in: 1...40, using: &random)).map { _ in
      Int64.random(in: 0...(seed % 3 == 0 ? 3 : 1 << 40), using: &random)
    }
    let sum = weights.reduce(0, +)
    let shares = Shares.split(total, by: weights)
    #expect(shares.reduce(0, +) == (sum == 0 ? 0 : total))
    guard sum > 0 else { return }
    for (share, weight) in zip(shares, weights) {
      let exact = Double(total) * Double(weight) / Double(sum)
      #expect(abs(Double(share) - exact) < 1 + exact * 1e-12)
    }
  }

  @Test("Weights that add up to the total are the shares")
  func exactWeights() {
    #expect(Shares.split(10, by: [3, 0, 7]) == [3, 0, 7])
  }

  @Test("Equal shares differ by a byte at most, add up, and do not favour the same user in each row")
  func even() {
    for total in Int64(0)...20 {
      for count in 1...6 {
        for row in 0..<6 {
          let shares = (0..<count).map { Shares.even(total, position: $0, of: count, row: row) }
          #expect(shares.reduce(0, +) == total)
          #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
        }
      }
    }
    #expect((0..<3).map { row in Shares.even(1, position: 0, of: 3, row: row) } == [1, 0, 0])
    #expect((0..<3).map { row in Shares.even(1, position: 1, of: 3, row: row) } == [0, 0, 1])
  }

  @Test("A row's bytes are its users' in equal parts; what a tree takes besides goes with its rows")
  func sharing() {
    let measured = file(
      [entry("a()"), entry("b()"), entry("c()")],
      [part("source", [(100, [0, 1]), (50, [2]), (50, [])], structure: 40), part("free pages", [], structure: 4_096)])
    let attribution = Attribution(measured, groups: [0, 0, 1], groupCount: 2)
    #expect(attribution.entries.map(\.payload) == [50, 50, 50])
    #expect(attribution.entries.map(\.structure) == [10, 10, 10])
    #expect(attribution.file == Attribution.Amount(payload: 50, structure: 10 + 4_096))
    #expect(attribution.exclusive == [120, 60])
    #expect(attribution.parts.map(\.bytes) == [180, 0])
  }

  @Test("A row of two generators is exclusive to neither")
  func exclusive() {
    let measured = file(
      [entry("a()", generator: "x"), entry("b()", generator: "y")], [part("text", [(9, [0, 1]), (5, [0])])])
    let attribution = Attribution(measured, groups: [0, 1], groupCount: 2)
    #expect(attribution.exclusive == [5, 0])
  }

  @Test(
    "Entries and the file's own bytes add up to the file, and so do the groups of each dimension", arguments: 0..<150)
  func everything(seed: Int) {
    let measured = randomFile(seed)
    let report = BloatReport(measured, hitNanoseconds: 5_000)
    #expect(report.entries.disk + report.fileBytes == report.bytes)
    #expect(report.parts.reduce(0) { $0 + $1.bytes } == report.bytes)
    #expect(report.parts.reduce(0) { $0 + $1.entryPayload + $1.entryStructure } == report.entries.disk)
    for dimension in BloatDimension.allCases {
      var sum = BloatSizes()
      for group in report.groups[dimension] ?? [] { sum += group.sizes }
      #expect(sum.disk + report.fileBytes == report.bytes, "\(dimension)")
      #expect(sum.generated == report.entries.generated, "\(dimension)")
      #expect(sum.savedNanoseconds == report.entries.savedNanoseconds, "\(dimension)")
    }
    #expect(report.generators.reduce(0) { $0 + $1.exclusiveBytes } <= report.entries.disk)
    var leaves = BloatSizes()
    func visit(_ node: BloatNode) {
      if node.children.isEmpty { leaves += node.sizes } else { node.children.forEach(visit) }
    }
    visit(report.tree)
    #expect(leaves == report.entries)
  }

  @Test("What each entry takes is what a byte-by-byte walk over all rows finds", arguments: 0..<50)
  func oracle(seed: Int) {
    let measured = randomFile(seed)
    // Each row's payload is dealt out one byte at a time, to the user whose turn it is.
    var dealt = Array(repeating: Int64(0), count: measured.entries.count)
    for part in measured.parts {
      for region in part.regions {
        for (row, bytes) in region.weights.enumerated() where !part.users[row].isEmpty {
          let users = Array(part.users[row])
          let turns = users.indices.sorted { ($0 + row) % users.count < ($1 + row) % users.count }
          for byte in 0..<Int(bytes) { dealt[users[turns[byte % users.count]]] += 1 }
        }
      }
    }
    let attribution = Attribution(measured, groups: measured.entries.map { _ in 0 }, groupCount: 1)
    #expect(attribution.entries.map(\.payload) == dealt)
  }
}

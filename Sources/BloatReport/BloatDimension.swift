import CacheIdentity
import SourceStore

/// What entries are grouped by.
public enum BloatDimension: String, CaseIterable, Sendable {
  /// The generator and its version.
  case generator
  /// The module that defined the method.
  case module
  /// The method.
  case method
  /// The method instance.
  case instance
  /// The owner.
  case owner
  /// The lineages in which the trace holds, or held; a trace's bytes are split among them.
  case lineage
  /// How long ago it was generated.
  case age
  /// Whether a range is open.
  case state
}

extension BloatDimension {
  /// The groups that an entry belongs to; never none.
  func groups(of entry: MeasuredEntry, measuredAt: Int64) -> [String] {
    switch self {
    case .generator: [entry.generator.title]
    case .module: [entry.method.module]
    case .method: [entry.method.title]
    case .instance: [entry.specialization]
    case .owner: [entry.owner]
    case .lineage: entry.ranges.isEmpty ? ["none"] : Set(entry.ranges.map(\.lineage)).sorted()
    case .age: [BloatDimension.age(milliseconds: measuredAt.subtractingWithin(entry.generatedAt))]
    case .state: [entry.ranges.isEmpty ? "without a range" : entry.isOpen ? "open" : "closed"]
    }
  }

  private static func age(milliseconds: Int64) -> String {
    switch milliseconds / 86_400_000 {
    case ..<1: "up to a day"
    case ..<7: "up to a week"
    case ..<30: "up to 30 days"
    case ..<365: "up to a year"
    default: "over a year"
    }
  }
}

extension GeneratorFingerprint {
  /// `name@version`
  var title: String { "\(generator)@\(version)" }
}

extension MethodDescription {
  /// The method, as no other one is called: `Main: sin(x::Float64)`, and the table if it is not the global one.
  var title: String {
    "\(module): \(signature.function)\(signature.arguments)\(table == "global" ? "" : " in \(table)")"
  }
}

extension MeasuredEntry {
  /// Whether it holds at the head of a lineage.
  var isOpen: Bool { ranges.contains { $0.worlds.isOpen } }
}

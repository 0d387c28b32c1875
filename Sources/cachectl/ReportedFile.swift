import BloatReport
import CacheIdentity
import SourceStore
import SystemImage

/// A file that a report is about, of whichever kind it is.
enum ReportedFile {
  /// Measures a store or an image.
  static func report(_ path: String, _ options: MeasurementOptions, limit: Int) throws -> BloatReport {
    BloatReport(try measure(path, options), hitNanoseconds: options.hitTime.nanoseconds, limit: limit)
  }

  /// The same, before anything is said of it.
  static func measure(_ path: String, _ options: MeasurementOptions) throws -> MeasuredFile {
    var measured = try measure(path)
    if let store = options.hitsFrom {
      let usage = try SourceStore(.readOnlyFile(store)).measurement().entries
      let hits = Dictionary(usage.map { ($0.key, $0.hits) }, uniquingKeysWith: { max($0, $1) })
      for index in measured.entries.indices { measured.entries[index].hits = hits[measured.entries[index].key] ?? 0 }
    }
    return measured
  }

  /// What can be compared of a store, an image, or a report that was kept.
  static func summary(_ path: String, _ options: MeasurementOptions) throws -> BloatSummary {
    if try TextFile.beginning(of: path, count: 1) == Array("{".utf8) {
      return try summary(json: TextFile.read(path), path: path)
    }
    return BloatSummary(try report(path, options, limit: 1))
  }

  /// A report that was kept.
  static func summary(json: String, path: String) throws -> BloatSummary {
    do throws(BloatSummary.Failure) {
      return try BloatSummary(json: json)
    } catch {
      throw CommandError.badReport(path: path, error)
    }
  }

  private static func measure(_ path: String) throws -> MeasuredFile {
    let start = try TextFile.beginning(of: path, count: databaseHeader.count)
    // Whatever is neither is told by the store, which knows the ways in which files are no stores.
    if start != databaseHeader, !start.isEmpty {
      do {
        return try MeasuredFile(SystemImage(path), measuredAt: ProcessIdentity.now)
      } catch let error as ImageError where error.problem == .notAnImage {}
    }
    return try SourceStore(.readOnlyFile(path)).measurement()
  }

  private static let databaseHeader = Array("SQLite format 3\0".utf8)
}

/// A file is larger than was allowed: for the CI of a project that keeps an eye on it.
struct GrowthError: Error {
  let path: String
  let bytes: Int64
  /// What is allowed, as a size, or as growth if there is a difference.
  let limit: Int64
  /// From the baseline, if there was one.
  let difference: BloatDifference?
  /// The groups that take most.
  let largest: [BloatGroup]

  /// `nil` if all is well.
  init?(_ report: BloatReport, baseline: BloatSummary?, limit: Int64?) {
    let difference = baseline.map { BloatDifference(from: $0, to: BloatSummary(report)) }
    guard difference != nil || limit != nil, difference?.growth ?? report.bytes > limit ?? 0 else { return nil }
    path = report.path
    bytes = report.bytes
    self.limit = limit ?? 0
    self.difference = difference
    largest = Array((report.groups[.method] ?? []).prefix(5))
  }

  /// What grew, for people.
  var words: String {
    guard let difference else {
      let list = largest.map { "\n  \(Readable.bytes($0.sizes.disk))  \(Readable.line($0.name))" }.joined()
      return
        "\(path) takes \(Readable.bytes(bytes)), more than the \(Readable.bytes(limit)) that are allowed; most of it:\(list)"
    }
    return """
      \(path) grew by \(Readable.bytes(difference.growth)), more than the \(Readable.bytes(limit)) that are allowed.
      \(difference.text(width: Output.width, limit: 5))
      """
  }
}

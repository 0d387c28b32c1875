#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A time of the store, in milliseconds since 1970, in UTC.
package struct Timestamp: CustomStringConvertible {
  package let milliseconds: Int64

  package init(_ milliseconds: Int64) { self.milliseconds = milliseconds }

  /// `2026-03-01T12:30:05.250Z`
  package var description: String {
    let thousandths = (milliseconds % 1000 + 1000) % 1000
    return "\(formatted("%Y-%m-%dT%H:%M:%S")).\(String(thousandths + 1000).dropFirst())Z"
  }

  /// `2026-03-01 12:30:05`, for people.
  package var short: String { formatted("%Y-%m-%d %H:%M:%S") }

  private func formatted(_ format: String) -> String {
    var seconds = time_t((milliseconds - (milliseconds % 1000 + 1000) % 1000) / 1000)
    var calendar = tm()
    guard gmtime_r(&seconds, &calendar) != nil else { return "@\(seconds)" }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
      let count = strftime(buffer.baseAddress, buffer.count, format, &calendar)
      return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}

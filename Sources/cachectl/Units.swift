import ArgumentParser
import BloatReport

/// A length of time on the command line: `30d`, `12h`, `1d12h`; units w, d, h, m, s.
struct Age: ExpressibleByArgument {
  let milliseconds: Int64

  init?(argument: String) {
    var total: Int64 = 0
    var digits = ""
    for character in argument {
      if character.isASCII, character.isNumber {
        digits.append(character)
        continue
      }
      guard let number = Int64(digits), let unit = Age.units[character] else { return nil }
      let (product, isTooLarge) = number.multipliedReportingOverflow(by: unit)
      let (sum, isSumTooLarge) = total.addingReportingOverflow(product)
      if isTooLarge || isSumTooLarge { return nil }
      total = sum
      digits = ""
    }
    guard digits.isEmpty, !argument.isEmpty else { return nil }
    milliseconds = total
  }

  private static let units: [Character: Int64] = [
    "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
  ]
}

/// A size on the command line: `10M`, `1.5GiB`, `200kB`. K, M, G, T are powers of 1024, with or without `iB`; kB, MB, GB,
/// TB are powers of 1000.
struct ByteSize: ExpressibleByArgument {
  let bytes: Int64

  init?(argument: String) {
    let number = argument.prefix { ($0.isASCII && $0.isNumber) || $0 == "." }
    guard let value = Double(number), let unit = ByteSize.unit(String(argument.dropFirst(number.count))) else {
      return nil
    }
    let product = value * unit
    guard product < 0x1p62 else { return nil }
    bytes = Int64(product)
  }

  private static func unit(_ name: String) -> Double? {
    if name.isEmpty || name.uppercased() == "B" { return 1 }
    guard let first = name.uppercased().first, let position = "KMGT".firstIndex(of: first) else { return nil }
    let power = "KMGT".distance(from: "KMGT".startIndex, to: position) + 1
    let base: Double
    switch name.uppercased().dropFirst() {
    case "", "IB": base = 1024
    case "B": base = 1000
    default: return nil
    }
    return (0..<power).reduce(1) { product, _ in product * base }
  }
}

/// A short time on the command line: `800ns`, `5us`, `1.5ms`, `2s`.
struct Interval: ExpressibleByArgument {
  let nanoseconds: Int64

  init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  init?(argument: String) {
    let number = argument.prefix { ($0.isASCII && $0.isNumber) || $0 == "." }
    let units = ["ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9]
    guard let value = Double(number), let unit = units[String(argument.dropFirst(number.count))] else { return nil }
    guard value * unit < 0x1p62 else { return nil }
    nanoseconds = Int64(value * unit)
  }

  var defaultValueDescription: String { Readable.duration(nanoseconds: nanoseconds).replacing(".0 ", with: "") }
}

import CacheIdentity

/// An entry's specialization as a table keeps it. Mostly one of the entry's questions is about the same method instance, so its text
/// is there already; how the two differ is the same for all entries of a host, and costs nothing once it is compressed.
///
///     template    = UTF-8 in which 01 stands for the question's function and 02 for its arguments without their parentheses
///
/// `Tuple{typeof(sin),Int64}` beside a question about `sin` and `(Int64)` is `Tuple{typeof(01),02}`.
enum Specialization: Hashable {
  /// The text itself.
  case text(String)
  /// A template for the question of an edge.
  case template(String, edge: Int)

  private static let function: UInt8 = 1
  private static let arguments: UInt8 = 2

  /// What stands in the table.
  var stored: String {
    switch self {
    case .text(let text), .template(let text, _): text
    }
  }

  /// Makes the template of a text for the question of an edge; `nil` if the text does not contain what the question says.
  init?(_ text: String, edge: Int, _ signature: Signature) {
    let bytes = Array(text.utf8)
    let (name, inner) = Specialization.parts(signature)
    guard !name.isEmpty, !bytes.contains(where: { $0 <= Specialization.arguments }),
      let place = bytes[...].first(of: name)
    else { return nil }
    var template = Array(bytes[..<place.lowerBound]) + [Specialization.function]
    if inner.isEmpty {
      template += bytes[place.upperBound...]
    } else {
      guard let rest = bytes[place.upperBound...].first(of: inner) else { return nil }
      template += bytes[place.upperBound..<rest.lowerBound] + [Specialization.arguments] + bytes[rest.upperBound...]
    }
    // Cutting at the bounds of valid texts leaves valid texts.
    guard let valid = String(validating: template, as: UTF8.self) else { return nil }
    self = .template(valid, edge: edge)
  }

  /// The text, given what the question of the template's edge is about.
  func text(_ signature: Signature) -> String {
    guard case .template(let template, _) = self else { return stored }
    let (name, inner) = Specialization.parts(signature)
    var bytes: [UInt8] = []
    for byte in template.utf8 {
      switch byte {
      case Specialization.function: bytes += name
      case Specialization.arguments: bytes += inner
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func parts(_ signature: Signature) -> (function: [UInt8], arguments: [UInt8]) {
    let arguments = Array(signature.arguments.utf8)
    let isEnclosed = arguments.first == UInt8(ascii: "(") && arguments.last == UInt8(ascii: ")")
    return (Array(signature.function.utf8), isEnclosed ? Array(arguments.dropFirst().dropLast()) : arguments)
  }
}

extension ArraySlice<UInt8> {
  /// Where other bytes, at least one, stand first.
  fileprivate func first(of other: [UInt8]) -> Range<Int>? {
    guard other.count <= count else { return nil }
    for start in startIndex...(endIndex - other.count) where self[start] == other[0] {
      if self[start..<start + other.count].elementsEqual(other) { return start..<start + other.count }
    }
    return nil
  }
}

import LoweredIR
import StagedHost

// What inference must know of values: how large they are, and whether one says more than its type.

extension Value {
  /// Whether the value, alone or as part of one that is small enough to be known, says more than its type.
  var isInformative: Bool {
    switch self {
    case .nothing, .type, .function, .builtin, .table: false
    case .string(let text): text.utf8.count <= LatticeElement.textLimit
    case .structure(let structure): !structure.fields.isEmpty
    case .tuple(let tuple): tuple.elements.contains(where: \.isInformative)
    case .bool, .int, .float, .symbol, .array, .syntax: true
    }
  }

  /// Counts the parts, and notes whether one of them can change. `false` if there are too many; takes no more steps than may be.
  func count(into size: inout Int, _ isMutable: inout Bool) -> Bool {
    size += 1
    if size > LatticeElement.sizeLimit { return false }
    if case .array = self { isMutable = true }
    if case .syntax(let syntax) = self { return syntax.syntax.count(into: &size) }
    for part in parts ?? [] where !part.count(into: &size, &isMutable) { return false }
    return true
  }

  /// The elements of a tuple or the fields of a struct's value.
  var parts: [Value]? {
    switch self {
    case .tuple(let tuple): tuple.elements
    case .structure(let structure): structure.fields
    default: nil
    }
  }
}

extension Syntax {
  /// The same for program as data.
  func count(into size: inout Int) -> Bool {
    size += 1
    if size > LatticeElement.sizeLimit { return false }
    switch self {
    case .literal(.syntax(let inner)): return inner.count(into: &size)
    case .literal, .name: return true
    case .form(_, let parts): return parts.allSatisfy { $0.count(into: &size) }
    }
  }
}

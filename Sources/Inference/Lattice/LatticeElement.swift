import LoweredIR
import StagedHost

/// What inference knows of a value: a set of values that it is certainly one of.
///
/// One reference wide. Elements are kept canonical: a type with only one value is the constant (for functions, types, tables and
/// `nothing`; struct types without fields stay types), a partial value knows more than its type says.
public enum LatticeElement: Sendable {
  /// No value: this is never reached, or raises an error.
  case bottom
  /// Exactly this value.
  case constant(Constant)
  /// A tuple or a value of a struct type, of whose parts more is known than the type says.
  case partial(PartialStruct)
  /// Any value of a type, which may be abstract or a union.
  case type(ResolvedType)

  /// Any value.
  public static let any = LatticeElement.type(.any)
}

/// A known value, with its type.
public final class Constant: Sendable {
  /// The value.
  public let value: Value
  /// The value's type.
  public let type: ResolvedType
  /// Of how many parts the value is, at any depth.
  let size: Int
  /// Whether what the value holds can change, so that nothing may be computed from it beforehand.
  let isMutable: Bool
  /// See ``LatticeElement/isInformative``.
  let isInformative: Bool
  /// The builtin, if it is one.
  let builtin: Builtin?
  /// The same for equal constants, mostly another one for others.
  let trace: UInt

  fileprivate init(_ value: Value, type: ResolvedType, size: Int = 1, isMutable: Bool = false) {
    self.value = value
    self.type = type
    self.size = size
    self.isMutable = isMutable
    isInformative = value.isInformative
    if case .builtin(let builtin) = value { self.builtin = builtin } else { builtin = nil }
    trace =
      switch value {
      case .int(let number): UInt(truncatingIfNeeded: number)
      case .float(let number): UInt(truncatingIfNeeded: number.bitPattern)
      case .bool(let isTrue): isTrue ? 1 : 0
      default: .trace(of: ObjectIdentifier(type))
      }
  }
}

/// A tuple or struct value whose parts are known better than by its type (Julia's `PartialStruct`).
public final class PartialStruct: Sendable {
  /// The type of the whole; concrete but for the elements of a tuple.
  public let type: ResolvedType
  /// What is known of each part, never ``LatticeElement/bottom``.
  public let parts: [LatticeElement]
  /// Of how many parts it is, at any depth.
  let size: Int

  init(_ type: ResolvedType, _ parts: [LatticeElement]) {
    self.type = type
    self.parts = parts
    size = parts.reduce(1) { $0 + $1.size }
  }
}

extension Constant: Traced {}

extension LatticeElement {
  /// Any value of a type, in canonical form.
  init(_ type: ResolvedType) {
    switch type.shape {
    case .function: self = .constant(Constant(type.builtin.map { .builtin($0) } ?? .function(type), type: type))
    case .singleton(let named): self = .constant(Constant(.type(named), type: type))
    case .table: self = .constant(Constant(.table(type), type: type))
    case .nominal where type === ResolvedType.nothing: self = .constant(Constant(.nothing, type: type))
    case .union(let members) where members.isEmpty: self = .bottom
    default: self = .type(type)
    }
  }

  /// Exactly this value. Long strings and values of many parts are known by their type only, so that what is known stays small. A value
  /// that contains another one twice has its parts twice: a few steps make one that nobody can take apart.
  init(value: Value) {
    switch value {
    case .string(let text) where text.utf8.count > LatticeElement.textLimit: self = .type(.string)
    case .structure(let structure) where structure.fields.isEmpty: self = .type(structure.type)
    case .tuple, .structure, .syntax:
      var (size, isMutable) = (0, false)
      let isSmall = value.count(into: &size, &isMutable)
      self =
        isSmall ? .constant(Constant(value, type: value.type, size: size, isMutable: isMutable)) : .type(value.type)
    case .array: self = .constant(Constant(value, type: value.type, isMutable: true))
    default: self = .constant(Constant(value, type: value.type))
    }
  }

  fileprivate static let textLimit = 256
  /// How many parts known values have, at any depth.
  static let sizeLimit = 256

  /// Of how many parts what is known is, at any depth.
  var size: Int {
    switch self {
    case .bottom, .type: 1
    case .constant(let constant): constant.size
    case .partial(let partial): partial.size
    }
  }

  /// The smallest type that has all of the values; `Union{}` for none.
  public var type: ResolvedType {
    switch self {
    case .bottom: .never
    case .constant(let constant): constant.type
    case .partial(let partial): partial.type
    case .type(let type): type
    }
  }

  /// Which object the type is.
  var typeIdentity: ObjectIdentifier {
    switch self {
    case .bottom: ObjectIdentifier(ResolvedType.never)
    case .constant(let constant): ObjectIdentifier(constant.type)
    case .partial(let partial): ObjectIdentifier(partial.type)
    case .type(let type): ObjectIdentifier(type)
    }
  }

  /// The builtin, if it is one.
  var builtin: Builtin? {
    if case .constant(let constant) = self { constant.builtin } else { nil }
  }

  /// The value, if there is just one.
  public var constant: Value? {
    if case .constant(let constant) = self { constant.value } else { nil }
  }

  /// Whether there is no value.
  public var isBottom: Bool {
    if case .bottom = self { true } else { false }
  }

  /// Whether this says more than the type: whether inferring a call again with it can be worth while (F2).
  var isInformative: Bool {
    switch self {
    case .bottom, .type: false
    case .partial: true
    case .constant(let constant): constant.isInformative
    }
  }

  /// Whether a value may be one of the element's. What the soundness of inference means.
  public func contains(_ value: Value) -> Bool {
    switch self {
    case .bottom: return false
    case .constant(let constant): return constant.value.isIdentical(to: value)
    case .type(let type): return value.type.isSubtype(of: type)
    case .partial(let partial):
      guard value.type.isSubtype(of: partial.type), let parts = value.parts, parts.count == partial.parts.count else {
        return false
      }
      return zip(partial.parts, parts).allSatisfy { $0.contains($1) }
    }
  }
}

extension LatticeElement {
  /// Whether both are the same object, or nothing: mostly so if they are equal, and found without a look at what they say.
  func isSame(as other: LatticeElement) -> Bool {
    switch (self, other) {
    case (.bottom, .bottom): true
    case (.type(let left), .type(let right)): left === right
    case (.constant(let left), .constant(let right)): left === right
    case (.partial(let left), .partial(let right)): left === right
    default: false
    }
  }
}

extension LatticeElement: Equatable {
  /// Whether two canonical elements are the same.
  public static func == (left: LatticeElement, right: LatticeElement) -> Bool {
    switch (left, right) {
    case (.bottom, .bottom): true
    case (.type(let left), .type(let right)): left === right
    case (.constant(let left), .constant(let right)):
      left === right || left.type === right.type && left.value.isIdentical(to: right.value)
    case (.partial(let left), .partial(let right)):
      left === right || left.type === right.type && left.parts == right.parts
    default: false
    }
  }
}

extension LatticeElement: CustomStringConvertible {
  /// The type as it is written; a constant as `const 3` or `const "text"`, known parts in brackets after the type.
  public var description: String {
    switch self {
    case .bottom: "Union{}"
    case .constant(let constant):
      switch constant.value {
      case .type, .function, .builtin, .table, .nothing: constant.type.description
      case .string(let text): "const \(text.debugDescription)"
      default: "const \(constant.value)"
      }
    case .partial(let partial):
      "\(partial.type)[\(partial.parts.map(\.description).joined(separator: ", "))]"
    case .type(let type): type.description
    }
  }
}

extension ResolvedType {
  /// `Union{}`: the type without values.
  static let never = (try? ResolvedType.union([])) ?? .any
}

extension Value {
  /// Whether the value, alone or as part of one that is small enough to be known, says more than its type.
  fileprivate var isInformative: Bool {
    switch self {
    case .nothing, .type, .function, .builtin, .table: false
    case .string(let text): text.utf8.count <= LatticeElement.textLimit
    case .structure(let structure): !structure.fields.isEmpty
    case .tuple(let tuple): tuple.elements.contains(where: \.isInformative)
    case .bool, .int, .float, .symbol, .array, .syntax: true
    }
  }

  /// Counts the parts, and notes whether one of them can change. `false` if there are too many; takes no more steps than may be.
  fileprivate func count(into size: inout Int, _ isMutable: inout Bool) -> Bool {
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
  fileprivate func count(into size: inout Int) -> Bool {
    size += 1
    if size > LatticeElement.sizeLimit { return false }
    switch self {
    case .literal(.syntax(let inner)): return inner.count(into: &size)
    case .literal, .name: return true
    case .form(_, let parts): return parts.allSatisfy { $0.count(into: &size) }
    }
  }
}

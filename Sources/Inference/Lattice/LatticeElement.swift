import LoweredIR
import StagedHost

/// What inference knows of a value: a set of values that it is certainly one of.
///
/// Copies count references only of what is known beside the type: types live as long as the process, and so does the constant that is a
/// type's only value.
///
/// Elements are kept canonical: a type with only one value is the constant (for functions, types, tables and `nothing`; struct types
/// without fields stay types), a partial value knows more than its type says.
public struct LatticeElement: Sendable {
  /// The smallest type that has all of the values; `nil` where there is none.
  private let lastingType: Lasting<ResolvedType>?
  let form: Form

  enum Form {
    /// No value: this is never reached, or raises an error.
    case bottom
    /// Any value of the type, which may be abstract or a union.
    case values
    /// Exactly this value, the only one of its type.
    case only(Lasting<Constant>)
    /// Exactly this value.
    case constant(Constant)
    /// A tuple or a value of a struct type, of whose parts more is known than the type says.
    case partial(PartialStruct)
  }

  @inline(__always) private init(_ type: Lasting<ResolvedType>?, _ form: Form) {
    lastingType = type
    self.form = form
  }

  init(_ constant: Constant) { self.init(Lasting(constant.type), .constant(constant)) }

  init(_ partial: PartialStruct) { self.init(Lasting(partial.type), .partial(partial)) }

  /// The only value of a type, which is kept with the type.
  @inline(__always) private init(_ type: ResolvedType, _ constant: Lasting<Constant>) {
    self.init(Lasting(type), .only(constant))
  }

  /// No value: this is never reached, or raises an error.
  public static var bottom: LatticeElement { LatticeElement(nil, .bottom) }

  /// Any value.
  public static let any = LatticeElement.type(ResolvedType.any)

  /// Any value of a type that has not just one.
  @inline(__always) static func type(_ type: ResolvedType) -> LatticeElement { LatticeElement(Lasting(type), .values) }
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

extension LatticeElement {
  /// Any value of a type, in canonical form.
  @inline(__always) init(_ type: ResolvedType) {
    if type.isOfManyValues { self = .type(type) } else { self = .few(type) }
  }

  /// The same for a type with one value, which is kept with it, or none.
  @inline(never) private static func few(_ type: ResolvedType) -> LatticeElement {
    if let kept = Lasting<Constant>(keptWith: type) { return LatticeElement(type, kept) }
    let value: Value
    switch type.shape {
    case .singleton(let named): value = .type(named)
    case .table: value = .table(type)
    case .union: return .bottom
    case .function: value = type.builtin.map { .builtin($0) } ?? .function(type)
    default: value = .nothing
    }
    return LatticeElement(type, Lasting(keeping: Constant(value, type: type), with: type))
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
        isSmall
        ? LatticeElement(Constant(value, type: value.type, size: size, isMutable: isMutable))
        : .type(value.type)
    case .array: self.init(Constant(value, type: value.type, isMutable: true))
    case .nothing, .type, .function, .builtin, .table: self.init(value.type)
    case .bool(let isTrue): self = isTrue ? LatticeElement.isTrue : .isFalse
    default: self.init(Constant(value, type: value.type))
    }
  }

  /// Exactly `true`, and exactly `false`.
  private static let isTrue = LatticeElement(Constant(.bool(true), type: .bool))
  private static let isFalse = LatticeElement(Constant(.bool(false), type: .bool))

  static let textLimit = 256
  /// How many parts known values have, at any depth.
  static let sizeLimit = 256

  /// Of how many parts what is known is, at any depth.
  var size: Int {
    switch form {
    case .bottom, .values, .only: 1
    case .constant(let constant): constant.size
    case .partial(let partial): partial.size
    }
  }

  /// The smallest type that has all of the values; `Union{}` for none.
  public var type: ResolvedType { lastingType?.object ?? .never }

  /// The same, without counting a reference.
  @inline(__always) var uncountedType: Unmanaged<ResolvedType> {
    lastingType?.reference ?? .passUnretained(.never)
  }

  /// Which object the type is; 0 for `Union{}`.
  @inline(__always) var typeIdentity: UInt { lastingType?.identity ?? 0 }

  /// The builtin, if it is one.
  @inline(__always) var builtin: Builtin? { lastingType?.read { $0.builtin } ?? nil }

  /// What it is, if there is just one value.
  var known: Constant? {
    switch form {
    case .only(let constant): constant.object
    case .constant(let constant): constant
    case .bottom, .values, .partial: nil
    }
  }

  /// The value, if there is just one.
  public var constant: Value? { known?.value }

  /// Whether there is no value.
  public var isBottom: Bool {
    if case .bottom = form { true } else { false }
  }

  /// Whether this says more than the type: whether inferring a call again with it can be worth while (F2).
  var isInformative: Bool {
    switch form {
    case .bottom, .values, .only: false
    case .partial: true
    case .constant(let constant): constant.isInformative
    }
  }

  /// Whether it is any value of a type.
  var isWholeType: Bool {
    if case .values = form { true } else { false }
  }

  /// Whether a value may be one of the element's. What the soundness of inference means.
  public func contains(_ value: Value) -> Bool {
    switch form {
    case .bottom: return false
    case .only(let constant): return constant.object.value.isIdentical(to: value)
    case .constant(let constant): return constant.value.isIdentical(to: value)
    case .values: return value.type.isSubtype(of: type)
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
    switch (form, other.form) {
    case (.bottom, .bottom): true
    case (.values, .values), (.only, .only): typeIdentity == other.typeIdentity
    case (.constant(let left), .constant(let right)): left === right
    case (.partial(let left), .partial(let right)): left === right
    default: false
    }
  }
}

extension LatticeElement: Equatable {
  /// Whether two canonical elements are the same.
  public static func == (left: LatticeElement, right: LatticeElement) -> Bool {
    switch (left.form, right.form) {
    case (.bottom, .bottom): true
    case (.values, .values), (.only, .only): left.typeIdentity == right.typeIdentity
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
    switch form {
    case .bottom: "Union{}"
    case .values, .only: type.description
    case .constant(let constant):
      switch constant.value {
      case .string(let text): "const \(text.debugDescription)"
      default: "const \(constant.value)"
      }
    case .partial(let partial):
      "\(partial.type)[\(partial.parts.map(\.description).joined(separator: ", "))]"
    }
  }
}

extension ResolvedType {
  /// `Union{}`: the type without values.
  static let never = (try? ResolvedType.union([])) ?? .any
}

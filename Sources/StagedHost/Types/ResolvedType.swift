import CacheIdentity
import Synchronization

/// A type that a world knows: interned, so equal types are the same object and comparing two costs one instruction.
///
/// Types live as long as the process. A struct that is declared again is another type, even under its old name.
public final class ResolvedType: Sendable {
  /// What kind of type it is.
  public enum Shape: Sendable {
    /// A nominal type with all of its parameters: `Int64`, `Complex{Float64}`.
    case nominal(TypeDeclaration, [ResolvedType])
    /// The bare name of a parametric type: all of its instances.
    case anyInstance(TypeDeclaration)
    /// A union of at least two members, none of which contains another; or of none.
    case union([ResolvedType])
    /// A tuple type, with any number of further members if it has a tail.
    case tuple([ResolvedType], tail: ResolvedType?)
    /// An integer in the place of a type parameter.
    case integer(Int64)
    /// `Type{T}`: the type of the type `T`.
    case singleton(ResolvedType)
    /// `typeof(f)`: the type of a generic function, or of a builtin.
    case function(String)
    /// `Table{T}`: the type of an overlay table.
    case table(String)
  }

  /// What kind of type it is.
  public let shape: Shape
  /// The nominal supertypes from the nearest to `Any`; the type itself excluded.
  package let ancestors: [ResolvedType]
  /// Whether values can have exactly this type.
  public let isConcrete: Bool
  /// The number of types it is written with, itself included; at most ``sizeLimit``.
  package let size: Int
  /// How deep they nest; at most ``depthLimit``.
  package let depth: Int
  /// The builtin whose type this is.
  package let builtin: Builtin?
  /// Whether values of it can be told apart, as far as the type says: it is no function's, table's or type's type, not that of `nothing`,
  /// and not `Union{}`.
  package let isOfManyValues: Bool
  /// The address of the object that inference keeps with the type, as long as the process lives; 0 if it keeps none yet.
  package let kept = Atomic<UInt>(0)
  /// On whose behalf source is generated in which this overlay table's methods win; `nil` for another type.
  package let owner: Owner?
  /// The canonical text.
  let text = Lazy<String>()
  /// The same of a tuple type as the arguments of a signature.
  let arguments = Lazy<String>()
  /// What a function is named with these arguments: see ``Specialization``.
  let specialization = Lazy<Specialization>()

  static let sizeLimit = 10_000
  static let depthLimit = 100

  fileprivate init(shape: Shape, ancestors: [ResolvedType], isConcrete: Bool, size: Int, depth: Int) {
    self.shape = shape
    self.ancestors = ancestors
    self.isConcrete = isConcrete
    self.size = size
    self.depth = depth
    if case .function(let name) = shape { builtin = Builtin.named(name) } else { builtin = nil }
    switch shape {
    case .function, .singleton, .table: isOfManyValues = false
    case .union(let members): isOfManyValues = !members.isEmpty
    case .nominal(let declaration, _): isOfManyValues = declaration !== TypeDeclaration.nothing
    case .anyInstance, .tuple, .integer: isOfManyValues = true
    }
    if case .table(let name) = shape { owner = Owner("overlay " + name) } else { owner = nil }
  }
}

extension ResolvedType: Hashable {
  /// Equal types are the same object.
  public static func == (left: ResolvedType, right: ResolvedType) -> Bool { left === right }
  /// Feeds the object's identity.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// Why a type expression names no type.
public enum TypeProblem: Error, Hashable, Sendable {
  /// No type has this name.
  case unknownType(String)
  /// The type takes another number of parameters.
  case wrongParameterCount(type: String, found: Int, expected: Int)
  /// An integer stands where a type must.
  case notAType(Int64)
  /// The type is written with too many parts, or nests too deep.
  case tooLarge(limit: Int)
}

extension ResolvedType {
  /// What identifies a type among the interned ones; a tuple type is found in another way.
  private enum Key: Hashable {
    case nominal(ObjectIdentifier, [ResolvedType])
    case anyInstance(ObjectIdentifier)
    case union([ResolvedType])
    case integer(Int64)
    case singleton(ResolvedType)
    case function(String)
    case table(String)
  }

  private static let tuples = Mutex(TupleTypes())
  private static let interned = Mutex<[Key: ResolvedType]>([:])

  private static func intern<Failure: Error>(
    _ key: Key, _ make: () throws(Failure) -> ResolvedType
  ) throws(Failure) -> ResolvedType {
    if let known = interned.withLock({ $0[key] }) { return known }
    let made = try make()
    return interned.withLock { table in
      if let known = table[key] { return known }
      table[key] = made
      return made
    }
  }

  private static func measure(_ parts: [ResolvedType]) throws(TypeProblem) -> (size: Int, depth: Int) {
    var (size, depth) = (1, 0)
    for part in parts {
      size += part.size
      depth = max(depth, part.depth)
      guard size <= sizeLimit else { throw .tooLarge(limit: sizeLimit) }
    }
    guard depth < depthLimit else { throw .tooLarge(limit: depthLimit) }
    return (size, depth + 1)
  }

  /// A nominal type with as many parameters as its declaration has.
  package static func nominal(
    _ declaration: TypeDeclaration, _ parameters: [ResolvedType]
  ) throws(TypeProblem) -> ResolvedType {
    try intern(.nominal(ObjectIdentifier(declaration), parameters)) {
      () throws(TypeProblem) in
      let (size, depth) = try measure(parameters)
      return ResolvedType(
        shape: .nominal(declaration, parameters), ancestors: try declaration.ancestors(parameters),
        isConcrete: declaration.kind != .abstract, size: size, depth: depth)
    }
  }

  /// The bare name of a declaration: the type itself, or all instances of a parametric one.
  package static func named(_ declaration: TypeDeclaration) throws(TypeProblem) -> ResolvedType {
    guard !declaration.parameters.isEmpty else { return try nominal(declaration, []) }
    return try intern(.anyInstance(ObjectIdentifier(declaration))) { () throws(TypeProblem) in
      ResolvedType(
        shape: .anyInstance(declaration), ancestors: try declaration.ancestors(nil), isConcrete: false, size: 1,
        depth: 1)
    }
  }

  /// The union of types: nested unions are flattened, members contained in others dropped.
  public static func union(_ parts: [ResolvedType]) throws(TypeProblem) -> ResolvedType {
    var kept: [ResolvedType] = []
    kept.reserveCapacity(2 * parts.count)
    func keep(_ member: ResolvedType) {
      if kept.contains(where: { member.isSubtype(of: $0) }) { return }
      kept.removeAll { $0.isSubtype(of: member) }
      kept.append(member)
    }
    for part in parts {
      if case .union(let members) = part.shape { members.forEach(keep) } else { keep(part) }
    }
    if kept.count == 1 { return kept[0] }
    // Found by which objects the members are. In the order of their texts they are put once.
    kept.sort { ObjectIdentifier($0) < ObjectIdentifier($1) }
    return try intern(.union(kept)) { () throws(TypeProblem) in
      let (size, depth) = try measure(kept)
      let ordered = kept.map { ($0.description, $0) }.sorted { $0.0 < $1.0 }.map(\.1)
      return ResolvedType(shape: .union(ordered), ancestors: [.any], isConcrete: false, size: size, depth: depth)
    }
  }

  /// A tuple type.
  public static func tuple(_ parts: [ResolvedType], tail: ResolvedType? = nil) throws(TypeProblem) -> ResolvedType {
    try tuple(of: parts.map { .passUnretained($0) }, tail: tail)
  }

  /// A tuple type. That of a call's arguments is found without counting references to them.
  package static func tuple(
    of parts: [Unmanaged<ResolvedType>], tail: ResolvedType? = nil
  ) throws(TypeProblem) -> ResolvedType {
    let parts = TupleParts(parts, tail: tail)
    if let known = tuples.withLock({ $0.find(parts) }) { return known }
    let all = parts.parts.map { $0.takeUnretainedValue() }
    let (size, depth) = try measure(tail.map { all + [$0] } ?? all)
    let made = ResolvedType(
      shape: .tuple(all, tail: tail), ancestors: [.any], isConcrete: tail == nil && all.allSatisfy(\.isConcrete),
      size: size, depth: depth)
    return tuples.withLock { $0.insert(made, of: parts) }
  }

  /// An integer as a type parameter.
  package static func integer(_ number: Int64) -> ResolvedType {
    intern(.integer(number)) {
      ResolvedType(shape: .integer(number), ancestors: [], isConcrete: false, size: 1, depth: 1)
    }
  }

  /// `Type{T}`. It may exceed the limits by one level, so that every value has a type.
  package static func singleton(_ type: ResolvedType) -> ResolvedType {
    intern(.singleton(type)) {
      ResolvedType(
        shape: .singleton(type), ancestors: [.type, .any], isConcrete: true, size: type.size + 1, depth: type.depth + 1)
    }
  }

  /// The singleton type of the generic function or builtin with this name.
  public static func function(_ name: String) -> ResolvedType {
    intern(.function(name)) {
      ResolvedType(shape: .function(name), ancestors: [.function, .any], isConcrete: true, size: 1, depth: 1)
    }
  }

  /// The singleton type of an overlay table.
  public static func table(_ name: String) -> ResolvedType {
    intern(.table(name)) {
      ResolvedType(shape: .table(name), ancestors: [.table, .any], isConcrete: true, size: 1, depth: 1)
    }
  }

  /// The type of a declaration without parameters that exists from the start.
  static func predeclared(_ declaration: TypeDeclaration) -> ResolvedType {
    intern(.nominal(ObjectIdentifier(declaration), [])) {
      let parent = declaration.scope.values.first.map { predeclared($0) }
      return ResolvedType(
        shape: .nominal(declaration, []), ancestors: parent.map { [$0] + $0.ancestors } ?? [],
        isConcrete: declaration.kind == .primitive, size: 1, depth: 1)
    }
  }
}

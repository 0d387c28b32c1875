import StagedHost

// Joins keep the lattice's height finite where that is cheap to say: a union has few members, a type is not deep. What still
// could climb for ever (recursive types of results, say) is stopped by whoever joins in a loop, with `widened`.

extension LatticeElement {
  /// The least element that this lattice offers with the values of both (Julia's `tmerge`).
  func join(_ other: LatticeElement) -> LatticeElement {
    switch (form, other.form) {
    case (.bottom, _): return other
    case (_, .bottom): return self
    case (.values, .values) where typeIdentity == other.typeIdentity: return self
    default: break
    }
    if self == other { return self }
    let (left, right) = (type, other.type)
    if left === right, let mine = parts, let theirs = other.parts, mine.count == theirs.count {
      return LatticeElement(left, parts: zip(mine, theirs).map { $0.join($1) })
    }
    return LatticeElement(left.join(right))
  }

  /// Whether every value of this is one of the other's. May be `false` where it holds, never the reverse.
  func isWithin(_ other: LatticeElement) -> Bool {
    switch (form, other.form) {
    case (.bottom, _): return true
    case (_, .bottom): return false
    case (_, .values): return typeIdentity == other.typeIdentity || type.isSubtype(of: other.type)
    case (_, .only), (_, .constant): return self == other
    case (_, .partial(let partial)):
      guard type.isSubtype(of: partial.type), let parts, parts.count == partial.parts.count else { return false }
      return zip(parts, partial.parts).allSatisfy { $0.isWithin($1) }
    }
  }

  /// Whether a value of the element may have a type.
  @inline(__always) func intersects(_ type: ResolvedType) -> Bool {
    typeIdentity == UInt(bitPattern: ObjectIdentifier(type)) || self.type.intersects(type)
  }

  /// What both may be; exact enough to be no larger than this.
  func meet(_ type: ResolvedType) -> LatticeElement {
    let own = self.type
    if own.isSubtype(of: type) { return self }
    if case .union(let members) = own.shape {
      return LatticeElement.any(of: members.map { LatticeElement($0).meet(type).type })
    }
    if type.isSubtype(of: own), isWholeType { return LatticeElement(type) }
    return own.intersects(type) ? self : .bottom
  }

  /// The values of this that are not of a type, as far as a union can say it.
  func excluding(_ type: ResolvedType) -> LatticeElement {
    let own = self.type
    if own.isSubtype(of: type) { return .bottom }
    guard isWholeType, case .union(let members) = own.shape else { return self }
    return .any(of: members.filter { !$0.isSubtype(of: type) })
  }

  /// Any value of some members of a union. No join: that may be larger than the union.
  private static func any(of types: [ResolvedType]) -> LatticeElement {
    (try? ResolvedType.union(types)).map { LatticeElement($0) } ?? .any
  }

  /// A tuple or struct value of some type by its parts, with no more than they are worth.
  init(_ type: ResolvedType, parts: [LatticeElement]) {
    self = LatticeElement(type)
    guard parts.count <= LatticeElement.partLimit, parts.contains(where: \.isInformative) else { return }
    let partial = PartialStruct(type, parts)
    if partial.size <= LatticeElement.sizeLimit { self.init(partial) }
  }

  static let partLimit = 32

  /// What is known of the parts of a tuple or struct value.
  var parts: [LatticeElement]? {
    if isWholeType, case .tuple(let parts, nil) = type.shape { return parts.map { LatticeElement($0) } }
    return knownParts
  }

  /// The same, where it is more than what the type says.
  var knownParts: [LatticeElement]? {
    switch form {
    case .bottom, .values, .only: nil
    case .constant(let constant): constant.value.parts?.map { LatticeElement(value: $0) }
    case .partial(let partial): partial.parts
    }
  }
}

extension ResolvedType {
  /// How many members a union may have (Julia's `MAX_TYPEUNION_LENGTH`, and one more).
  static let unionLimit = 4
  /// How deep the types that inference makes may nest (Julia's `MAX_TYPE_DEPTH`).
  static let inferredDepthLimit = 8
  /// With how many parts they may be written.
  static let inferredSizeLimit = 64

  /// The least type that inference uses for the values of both.
  func join(_ other: ResolvedType) -> ResolvedType {
    if isSubtype(of: other) { return other.limited }
    if other.isSubtype(of: self) { return limited }
    guard let union = try? ResolvedType.union([self, other]) else { return .any }
    guard case .union(let members) = union.shape else { return union.limited }
    if members.count <= ResolvedType.unionLimit { return union.limited }
    return members.dropFirst().reduce(members[0]) { $0.common($1) }.limited
  }

  /// One type that is no union and has the values of both.
  private func common(_ other: ResolvedType) -> ResolvedType {
    if isSubtype(of: other) { return other }
    if other.isSubtype(of: self) { return self }
    if case .tuple(let mine, nil) = shape, case .tuple(let theirs, nil) = other.shape, mine.count == theirs.count {
      return (try? .tuple(zip(mine, theirs).map { $0.common($1) })) ?? .anyTuple
    }
    if case .tuple = shape, case .tuple = other.shape { return .anyTuple }
    if let declaration, declaration === other.declaration { return (try? .named(declaration)) ?? .any }
    return ancestors.first { other.isSubtype(of: $0) } ?? .any
  }

  /// The type if it is small, else one that contains it and is.
  var limited: ResolvedType {
    depth <= ResolvedType.inferredDepthLimit && size <= ResolvedType.inferredSizeLimit
      ? self : limited(to: ResolvedType.inferredDepthLimit)
  }

  private func limited(to depth: Int) -> ResolvedType {
    switch shape {
    case .tuple(let parts, let tail):
      guard depth > 1, parts.count < ResolvedType.inferredSizeLimit else { return .anyTuple }
      let limited = parts.map { $0.limited(to: depth - 1) }
      let made = try? ResolvedType.tuple(limited, tail: tail.map { $0.limited(to: depth - 1) })
      guard let made, made.size <= ResolvedType.inferredSizeLimit else { return .anyTuple }
      return made
    case .union(let members):
      return members.reduce(.never) { (try? ResolvedType.union([$0, $1.limited(to: depth)])) ?? .any }
    case .nominal(let declaration, let parameters):
      let isSmall = self.depth <= depth && size <= ResolvedType.inferredSizeLimit
      return isSmall || parameters.isEmpty ? self : (try? .named(declaration)) ?? .any
    case .singleton:
      return self.depth <= depth && size <= ResolvedType.inferredSizeLimit ? self : .type
    case .anyInstance, .integer, .function, .table: return self
    }
  }

  /// `Tuple`: all tuples.
  static let anyTuple = (try? ResolvedType.tuple([], tail: .any)) ?? .any
}

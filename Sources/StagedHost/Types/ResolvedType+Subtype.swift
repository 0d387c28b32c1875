extension ResolvedType {
  /// Whether every value of this type is one of the other.
  public func isSubtype(of other: ResolvedType) -> Bool {
    if self === other || other === ResolvedType.any { return true }
    if case .union(let members) = shape { return members.allSatisfy { $0.isSubtype(of: other) } }
    switch other.shape {
    case .union(let members): return members.contains { isSubtype(of: $0) }
    case .tuple(let parts, let tail): return isTuple(within: parts, tail: tail)
    case .anyInstance(let declaration):
      return isInstance(of: declaration) || ancestors.contains { $0.isInstance(of: declaration) }
    case .nominal: return ancestors.contains { $0 === other }
    case .integer, .singleton, .function, .table: return false
    }
  }

  /// Whether a value may have both types. Never wrongly `false`.
  package func intersects(_ other: ResolvedType) -> Bool {
    if isSubtype(of: other) || other.isSubtype(of: self) { return true }
    switch (shape, other.shape) {
    case (.union(let members), _): return members.contains { $0.intersects(other) }
    case (_, .union(let members)): return members.contains { intersects($0) }
    case (.tuple(let left, let leftTail), .tuple(let right, let rightTail)):
      let count = max(left.count, right.count)
      if leftTail == nil, left.count < count { return false }
      if rightTail == nil, right.count < count { return false }
      return (0..<count).allSatisfy { position in
        let (one, two) = (
          position < left.count ? left[position] : leftTail, position < right.count ? right[position] : rightTail
        )
        guard let one, let two else { return false }
        return one.intersects(two)
      }
    default: return false
    }
  }

  private func isInstance(of declaration: TypeDeclaration) -> Bool {
    switch shape {
    case .nominal(let own, _), .anyInstance(let own): own === declaration
    default: false
    }
  }

  private func isTuple(within parts: [ResolvedType], tail: ResolvedType?) -> Bool {
    guard case .tuple(let own, let ownTail) = shape, own.count >= parts.count else { return false }
    if own.count > parts.count || ownTail != nil {
      guard let tail else { return false }
      for position in parts.count..<own.count where !own[position].isSubtype(of: tail) { return false }
      if let ownTail, !ownTail.isSubtype(of: tail) { return false }
    }
    for (mine, theirs) in zip(own, parts) where !mine.isSubtype(of: theirs) { return false }
    return true
  }
}

/// A constant as it stands in a layout: two words that hold no reference, so that a list of them is copied and let go without a look at
/// them. ``CodeLayout/constant(_:)`` says what it stands for.
///
/// Invariant: within one layout equal names have the same address, so constants of most kinds are equal if their words are.
@usableFromInline struct FlowConstant: BitwiseCopyable, Equatable {
  @usableFromInline enum Kind: UInt8, BitwiseCopyable {
    /// The word is the address of a ``KnownName``.
    case callee, global, string, symbol
    /// The same: a nominal type without parameters.
    case nominal
    /// The word is the value's bits.
    case int, float, bool
    case nothing
    /// The word is the place of a literal in the list of those that hold references. Equal ones may have different places.
    case listed
  }

  @usableFromInline let word: UInt64
  @usableFromInline let kind: Kind

  @inline(__always) init(_ kind: Kind, word: UInt64 = 0) {
    self.kind = kind
    self.word = word
  }

  @inline(__always) init(_ kind: Kind, _ name: UnsafePointer<KnownName>) {
    self.init(kind, word: UInt64(UInt(bitPattern: name)))
  }
}

extension CodeLayout {
  /// What stands in code and is no register.
  @usableFromInline package enum Constant: Equatable, Sendable {
    /// What a name holds, which is called.
    case callee(Name)
    /// What a name holds.
    case global(Name)
    case literal(Literal)
  }

  /// How many constants there are.
  @inlinable package var constantCount: Int { flowConstants.count }

  /// What the operand with this number, below zero, stands for: -1 is the first constant. What it gives is the taker's own.
  @inlinable @inline(__always) package func constant(_ number: Int) -> Constant {
    let constant = flowConstants[-1 - number]
    return switch constant.kind {
    case .callee: .callee(name(constant))
    case .global: .global(name(constant))
    case .string: .literal(.string(name(constant).text))
    case .symbol: .literal(.symbol(name(constant).text))
    case .nominal: .literal(.type(.named(name(constant).text)))
    case .int: .literal(.int(Int64(bitPattern: constant.word)))
    case .float: .literal(.float(bits: constant.word))
    case .bool: .literal(.bool(constant.word != 0))
    case .nothing: .literal(.nothing)
    case .listed: .literal(references?.literals[Int(constant.word)] ?? .nothing)
    }
  }

  /// The name that a constant's word is the address of: it lives as long as the layout.
  @inlinable func name(_ constant: FlowConstant) -> Name {
    UnsafePointer<KnownName>(bitPattern: UInt(constant.word)).unsafelyUnwrapped.pointee.name
  }
}

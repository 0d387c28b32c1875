/// A constant as it stands in a layout: two words that hold no reference, so that a list of them is copied and let go without a look at
/// them. ``CodeLayout/Constants`` says what it stands for.
///
/// Invariant: within one layout equal names have the same address, so constants of most kinds are equal if their words are.
struct FlowConstant: BitwiseCopyable, Equatable {
  enum Kind: UInt8 {
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

  let word: UInt64
  let kind: Kind

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
  package enum Constant: Equatable, Sendable {
    /// What a name holds, which is called.
    case callee(Name)
    /// What a name holds.
    case global(Name)
    case literal(Literal)
  }

  /// A layout's constants; what is taken out is the taker's own.
  package struct Constants: RandomAccessCollection, Sendable {
    let layout: CodeLayout

    package var startIndex: Int { 0 }
    package var endIndex: Int { layout.flowConstants.count }

    package subscript(place: Int) -> Constant {
      let constant = layout.flowConstants[place]
      switch constant.kind {
      case .callee: return .callee(name(constant).name)
      case .global: return .global(name(constant).name)
      case .string: return .literal(.string(name(constant).name.text))
      case .symbol: return .literal(.symbol(name(constant).name.text))
      case .nominal: return .literal(.type(.named(name(constant).name.text)))
      case .int: return .literal(.int(Int64(bitPattern: constant.word)))
      case .float: return .literal(.float(bits: constant.word))
      case .bool: return .literal(.bool(constant.word != 0))
      case .nothing: return .literal(.nothing)
      case .listed: return .literal(layout.references?.literals[Int(constant.word)] ?? .nothing)
      }
    }

    private func name(_ constant: FlowConstant) -> KnownName {
      // Written as the address of a name that lives as long as the layout.
      UnsafePointer<KnownName>(bitPattern: UInt(constant.word)).unsafelyUnwrapped.pointee
    }
  }
}

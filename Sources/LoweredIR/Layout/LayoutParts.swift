/// The parts of a layout while it is made, from statements or from bytes. Made once and used for one code after another.
///
/// Jumps name statements here, until ``finish(argumentCount:isVararg:method:)`` knows the blocks.
struct LayoutParts: ~Copyable {
  var statements = GrowingBuffer<FlowStatement>(capacity: usual)
  /// How many of the statements have no value.
  private(set) var endCount = 0
  var arguments = GrowingBuffer<FlowOperand>(capacity: usual)
  var slotNames = GrowingBuffer<UnsafePointer<KnownName>>(capacity: usual)
  private(set) var constants = GrowingBuffer<FlowConstant>(capacity: usual)
  /// Those literals among the constants that hold references.
  private var literals: [Literal] = []
  /// Where each of the smallest integers was a constant last, in this code or one before: to be looked at before it is believed.
  private var smallIntegers = GrowingBuffer<Int32>(repeating: 0, count: Int(CodeKind.Literal.smallIntegers))
  var blocks = GrowingBuffer<CodeLayout.Block>(capacity: usual)
  /// The block of each statement.
  var blockOf = GrowingBuffer<Int32>(capacity: usual)
  var distantUses = GrowingBuffer<CodeLayout.DistantUse>(capacity: usual)
  /// The code's names.
  var names = NameTable()

  /// What is kept for the next code.
  static let usual = 256

  private static let idle = IdleParts()

  /// Empty parts, at a place that does not move, for one thread until ``giveBack(_:)``.
  static func take() -> UnsafeMutablePointer<LayoutParts> { idle.take() }

  /// Empties parts for the next one.
  static func giveBack(_ parts: UnsafeMutablePointer<LayoutParts>) {
    parts.pointee.clear()
    idle.giveBack(parts)
  }

  private mutating func clear() {
    statements.clear(keeping: LayoutParts.usual)
    endCount = 0
    arguments.clear(keeping: LayoutParts.usual)
    slotNames.clear(keeping: LayoutParts.usual)
    constants.clear(keeping: LayoutParts.usual)
    if !literals.isEmpty { literals = [] }
    blocks.clear(keeping: LayoutParts.usual)
    blockOf.clear(keeping: LayoutParts.usual)
    distantUses.clear(keeping: LayoutParts.usual)
    names.clear()
  }

  /// Adds a statement.
  mutating func append(_ statement: FlowStatement) {
    if statement.hasValue { statements.append(statement) } else { append(end: statement) }
  }

  /// Adds a statement without a value.
  @inline(__always) mutating func append(end statement: FlowStatement) {
    statements.append(statement)
    endCount &+= 1
  }

  /// Makes the layout of what was added, which is well formed.
  mutating func finish(argumentCount: Int, isVararg: Bool, method: UnsafePointer<KnownName>?) -> CodeLayout {
    formBlocks(slotCount: Int32(truncatingIfNeeded: slotNames.count))
    return CodeLayout(
      self, argumentCount: argumentCount, isVararg: isVararg, method: method,
      literals.isEmpty && !names.hasOwn ? nil : giveReferences())
  }

  @inline(never) private mutating func giveReferences() -> CodeLayout.References {
    CodeLayout.References(literals: literals, names: names.giveOwn())
  }
}

// MARK: Constants

extension LayoutParts {
  /// How many constants are compared before one more is listed: mostly a code's few names, again and again.
  private static let reach = 8

  /// The operand of a name that a decoder has read.
  @inline(__always) mutating func operand(ofName number: Int, isCalled: Bool) -> FlowOperand {
    let record = names.list.base + number
    let place = constants.count
    let known = Int(isCalled ? record.pointee.callee : record.pointee.global)
    if known >= place &- LayoutParts.reach { return LayoutParts.operand(constant: known) }
    if isCalled {
      record.pointee.callee = Int32(truncatingIfNeeded: place)
    } else {
      record.pointee.global = Int32(truncatingIfNeeded: place)
    }
    constants.append(FlowConstant(isCalled ? .callee : .global, record.pointee.known))
    return LayoutParts.operand(constant: place)
  }

  /// The operand of a constant.
  mutating func operand(_ constant: FlowConstant) -> FlowOperand {
    let count = constants.count
    var place = max(0, count &- LayoutParts.reach)
    while place < count {
      if constants.base[place] == constant { return LayoutParts.operand(constant: place) }
      place &+= 1
    }
    return newOperand(constant)
  }

  /// The operand of an integer that codes have in one byte.
  @inline(__always) mutating func operand(ofSmallInteger number: Int) -> FlowOperand {
    let constant = FlowConstant(.int, word: UInt64(truncatingIfNeeded: number))
    let known = smallIntegers.base + number
    let place = Int(known.pointee)
    let count = constants.count
    if place < count, place >= count &- LayoutParts.reach, constants.base[place] == constant {
      return LayoutParts.operand(constant: place)
    }
    known.pointee = Int32(truncatingIfNeeded: count)
    return newOperand(constant)
  }

  /// The operand of a constant that is not listed.
  @inline(__always) mutating func newOperand(_ constant: FlowConstant) -> FlowOperand {
    constants.append(constant)
    return LayoutParts.operand(constant: constants.count &- 1)
  }

  /// The operand of a literal.
  mutating func operand(_ literal: Literal) -> FlowOperand {
    switch literal {
    case .nothing: operand(FlowConstant(.nothing))
    case .bool(let value): operand(FlowConstant(.bool, word: value ? 1 : 0))
    case .int(let number) where number >= 0 && number < CodeKind.Literal.smallIntegers:
      operand(ofSmallInteger: Int(number))
    case .int(let number): operand(FlowConstant(.int, word: UInt64(bitPattern: number)))
    case .float(let bits): operand(FlowConstant(.float, word: bits))
    case .string(let text): operand(FlowConstant(.string, names.name(of: text)))
    case .symbol(let text): operand(FlowConstant(.symbol, names.name(of: text)))
    case .type(.nominal(let name, let parameters)) where parameters.isEmpty:
      operand(FlowConstant(.nominal, names.name(of: name)))
    case .type, .syntax: operand(listed: literal)
    }
  }

  private mutating func operand(listed literal: Literal) -> FlowOperand {
    for place in max(0, constants.count - LayoutParts.reach)..<constants.count {
      let constant = constants.base[place]
      if constant.kind == .listed, literals[Int(constant.word)].isExactly(literal) {
        return LayoutParts.operand(constant: place)
      }
    }
    literals.append(literal)
    return newOperand(FlowConstant(.listed, word: UInt64(literals.count - 1)))
  }

  @inline(__always) private static func operand(constant place: Int) -> FlowOperand {
    FlowOperand(number: -1 &- Int32(truncatingIfNeeded: place))
  }
}

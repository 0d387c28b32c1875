import SourceCodec

// The form "lowered-ir/2". All numbers are varints; what stands in one number with a kind below it is
// `number * 2^bits + kind`. Equal codes have equal bytes, and no other bytes decode.
//
//   code       = argument count * 4 + has method * 2 + is vararg, [text: the method for inference's limits], local count,
//                name (arguments, locals), statement count, statement …
//   statement  = (operand, kind 0)                                  value of an operand            kind: 3 bits
//              | (argument count, kind 1) callee argument …         value of a call
//              | (operand, kind 2) slot                             an operand is stored
//              | (argument count, kind 3) slot callee argument …    a call's value is stored
//              | (distance, kind 4)                                 goto; zigzag of target - position
//              | (distance, kind 5) operand                         goto if not
//              | (operand, kind 6)                                  return
//   operand    = (position - number - 1, kind 0)                    SSA value                      kind: 2 bits
//              | (slot, kind 1) | (literal, kind 2) | (name, kind 3: global)
//   literal    = 0 nothing | 1 false | 2 true | 3 zigzag | 4 bits of a float, bytes reversed | 5 name: a string
//              | 6 name: a symbol | 7 type | 8 syntax | 9 + n: the integer n from 0 to 22, and only so
//   type       = (parameter count, kind 0) name type …              nominal                        kind: 2 bits
//              | (member count, kind 1) type …                      union
//              | (member count * 2 + has tail, kind 2) type … tail  tuple
//              | (0, kind 3) zigzag                                 integer
//   syntax     = (name, kind 0) | (literal, kind 1) | (part count, kind 2) name (the head) syntax …  kind: 2 bits
//   name       = 0 text: new | 1 number: of the well-known names, new | n + 2: the nth new name of this code
//
// Where an operand, literal or name stands within a number, that is its first number; what else belongs to it follows.

extension LoweredCode: SourceCodable {
  /// `lowered-ir/2`
  public static let codec = CodecIdentity(name: "lowered-ir", version: 2)

  /// Writes the canonical form. Linear; decodes again if the code is valid.
  public func encode(into writer: inout ByteWriter) {
    var encoder = CodeEncoder(writer: writer)
    // Only one of the two holds the bytes, so that appending does not copy them.
    writer = ByteWriter()
    encoder.write(self)
    writer = encoder.writer
  }

  /// Reads the canonical form and validates the code. Linear; nothing is trusted.
  public init(from reader: inout ByteReader) throws(DecodingFailure) {
    self = try reader.withCursor { (cursor) throws(DecodingFailure) in try LoweredCode(from: &cursor) }
  }

  /// The same, for forms that code is a part of.
  public init(from cursor: inout ByteCursor) throws(DecodingFailure) {
    self.init(decoded: try CodeDecoder.read(from: &cursor))
  }
}

/// Kinds that stand in the low bits of numbers.
enum CodeKind {
  static let isVararg: UInt64 = 1
  static let hasMethod: UInt64 = 2
  static let codeBits: UInt64 = 2
  static let statementBits: UInt64 = 3
  static let bits: UInt64 = 2

  enum Statement: UInt64 {
    case value, call, assign, assignCall, goto, gotoIfNot, `return`
  }

  enum Operand: UInt64 {
    case ssa, slot, literal, global
  }

  enum Literal: UInt64 {
    case nothing, `false`, `true`, int, float, string, symbol, type, syntax

    /// Integers from 0 to below this follow the other kinds.
    static let smallIntegers: Int64 = 23
    static let firstInteger: UInt64 = 9
  }

  enum TypeExpression: UInt64 {
    case nominal, union, tuple, integer
  }

  enum Syntax: UInt64 {
    case name, literal, form
  }

  enum Name {
    static let new: UInt64 = 0
    static let wellKnown: UInt64 = 1
    static let first: UInt64 = 2
  }
}

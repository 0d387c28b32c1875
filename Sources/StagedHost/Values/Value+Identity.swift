import CacheIdentity
import LoweredIR

extension Value {
  /// `===`: whether no program can tell the values apart. Mutable arrays are identical to themselves only.
  public func isIdentical(to other: Value) -> Bool {
    switch (self, other) {
    case (.nothing, .nothing): true
    case (.bool(let left), .bool(let right)): left == right
    case (.int(let left), .int(let right)): left == right
    case (.float(let left), .float(let right)): left.bitPattern == right.bitPattern
    case (.string(let left), .string(let right)), (.symbol(let left), .symbol(let right)):
      left.utf8.elementsEqual(right.utf8)
    case (.type(let left), .type(let right)), (.function(let left), .function(let right)),
      (.table(let left), .table(let right)):
      left === right
    case (.builtin(let left), .builtin(let right)): left == right
    case (.tuple(let left), .tuple(let right)):
      left === right || left.type === right.type && Value.areIdentical(left.elements, right.elements)
    case (.structure(let left), .structure(let right)):
      left === right || left.type === right.type && Value.areIdentical(left.fields, right.fields)
    case (.array(let left), .array(let right)): left === right
    case (.syntax(let left), .syntax(let right)): left === right || left.syntax == right.syntax
    default: false
    }
  }

  private static func areIdentical(_ left: [Value], _ right: [Value]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { $0.isIdentical(to: $1) }
  }

  /// The digest of what a constant holds: the same in every process that computes the same value. An array counts with
  /// what it holds at the time. Throws for values that nest too deep, such as an array in itself.
  func digest() throws(RuntimeProblem) -> Digest {
    var builder = DigestBuilder(domain: "stagedhost.value.v1")
    var budget = Value.digestBudget
    try feed(&builder, depth: 0, budget: &budget)
    return builder.finalize()
  }

  private static let digestBudget = 1 << 24

  private func feed(_ builder: inout DigestBuilder, depth: Int, budget: inout Int) throws(RuntimeProblem) {
    budget -= 1
    guard depth <= Value.depthLimit else { throw .nestedTooDeep(limit: Value.depthLimit) }
    guard budget > 0 else { throw .tooLarge(what: "constant", limit: Value.digestBudget) }
    switch self {
    case .nothing: builder.add("nothing", "")
    case .bool(let value): builder.add("bool", value ? 1 : 0)
    case .int(let value): builder.add("int", value)
    case .float(let value): builder.add("float", Int64(bitPattern: value.bitPattern))
    case .string(let value): builder.add("string", value)
    case .symbol(let value): builder.add("symbol", value)
    case .type(let type): Value.feed(type, "type", &builder)
    case .function(let type): builder.add("function", type.description)
    case .builtin(let builtin): builder.add("builtin", builtin.rawValue)
    case .table(let type): builder.add("table", type.description)
    case .syntax(let value): builder.add("syntax", value.syntax.description)
    case .tuple(let tuple): try Value.feed(tuple.elements, "tuple", &builder, depth, &budget)
    case .structure(let structure):
      Value.feed(structure.type, "structure", &builder)
      try Value.feed(structure.fields, "fields", &builder, depth, &budget)
    case .array(let array):
      Value.feed(array.elementType, "array", &builder)
      try Value.feed(array.snapshot, "elements", &builder, depth, &budget)
    }
  }

  private static func feed(
    _ parts: [Value], _ tag: StaticString, _ builder: inout DigestBuilder, _ depth: Int, _ budget: inout Int
  ) throws(RuntimeProblem) {
    builder.add(tag, Int64(parts.count))
    for part in parts { try part.feed(&builder, depth: depth + 1, budget: &budget) }
  }

  /// A type in a constant depends on the declarations that it is written with: its text alone does not tell them.
  private static func feed(_ type: ResolvedType, _ tag: StaticString, _ builder: inout DigestBuilder) {
    builder.add(tag, type.description)
    type.forEachDeclaration { if !$0.isPredeclared { builder.add("declaration", $0.digest) } }
  }
}

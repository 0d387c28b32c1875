@testable import Inference
import LoweredIR
import StagedHost

/// Random values, and elements of the lattice that contain them.
struct RandomElements {
  var random: SeededGenerator
  let view: WorldView
  private let types: [ResolvedType]

  init(seed: UInt64) throws {
    let host = Host { _ in }
    try host.load(try Program.parse(RandomProgram.prelude + "f1(x) = x\nf2(x) = x", file: "prelude.ir"))
    (view, random) = (host.view, SeededGenerator(state: seed))
    types = try RandomProgram.types.map { [view] in try view.resolve(try TypeExpression(parsing: $0)) }
  }

  /// A type that programs name.
  mutating func type() -> ResolvedType { random.oneIn(3) ? value().type : random.pick(types) }

  mutating func value(_ depth: Int = 2) -> Value {
    let choice = random.below(depth > 0 ? 18 : 10)
    switch choice {
    case 0: return .nothing
    case 1: return .bool(random.oneIn(2))
    case 2, 3: return .int(Int64(random.below(6)) - 1)
    case 4: return .float(Double(random.below(3)) * 0.5)
    case 5: return .string(random.pick(["", "a", String(repeating: "long", count: 80)]))
    case 6: return .symbol(random.pick(["v", "a", "x"]))
    case 7: return .type(random.pick(types))
    case 8:
      return random.oneIn(2) ? .function(.function("f\(random.below(2) + 1)")) : .builtin(random.pick(Builtin.allCases))
    case 9: return random.oneIn(2) ? .table(.table("T1")) : made("P0", [])
    case 10, 11, 12:
      let parts = (0..<random.below(4)).map { _ in value(depth - 1) }
      return called(.tuple, parts)
    case 13, 14: return called(.vector, (0..<random.below(3)).map { _ in value(depth - 1) })
    case 15: return made("B2", [value(depth - 1), value(depth - 1)])
    case 16: return made("P1", [value(depth - 1)])
    default: return made("B1", [value(depth - 1)])
    }
  }

  private func called(_ builtin: Builtin, _ arguments: [Value]) -> Value {
    (try? builtin.call(arguments, in: view)) ?? .nothing
  }

  private func made(_ name: String, _ fields: [Value]) -> Value {
    guard case .type(let type)? = view.global(name) else { return .nothing }
    return (try? .construct(type, fields, in: view)) ?? .nothing
  }

  /// An element that contains a value.
  mutating func element(with value: Value) -> LatticeElement {
    switch random.below(6) {
    case 0, 1: return LatticeElement(value: value)
    case 2: return LatticeElement(widened(value.type))
    case 3: return element(with: value).join(element(with: self.value()))
    default:
      guard let parts = value.parts, parts.count <= LatticeElement.partLimit else { return LatticeElement(value.type) }
      let elements = parts.map { element(with: $0) }
      if case .tuple = value { return .tuple(elements) }
      return LatticeElement(value.type, parts: elements)
    }
  }

  /// A type with no fewer values.
  mutating func widened(_ type: ResolvedType) -> ResolvedType { random.widened(type, by: types) }
}

extension SeededGenerator {
  /// A type with no fewer values; some of its unions are with one of some others.
  mutating func widened(_ type: ResolvedType, by others: [ResolvedType]) -> ResolvedType {
    switch below(6) {
    case 0: return .any
    case 1: return pick(type.ancestors + [type])
    case 2: return (try? .union([type, pick(others)])) ?? type
    case 3: return type.declaration.flatMap { try? .named($0) } ?? type
    default:
      guard case .tuple(let parts, _) = type.shape else { return type }
      if oneIn(3) {
        let kept = below(parts.count + 1)
        return (try? .tuple(Array(parts[..<kept]), tail: .any)) ?? type
      }
      let wider = parts.map { widened($0, by: others) }
      return (try? .tuple(wider)) ?? type
    }
  }
}

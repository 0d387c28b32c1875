import LoweredIR
import Synchronization

/// A value of the language. What does not fit into three words is shared and immutable, arrays excepted.
public enum Value: Sendable {
  /// `nothing`
  case nothing
  /// A `Bool`.
  case bool(Bool)
  /// An `Int64`.
  case int(Int64)
  /// A `Float64`.
  case float(Double)
  /// A `String`.
  case string(String)
  /// A `Symbol`.
  case symbol(String)
  /// A type as a value.
  case type(ResolvedType)
  /// A generic function, named by its singleton type.
  case function(ResolvedType)
  /// A builtin.
  case builtin(Builtin)
  /// A tuple.
  case tuple(TupleValue)
  /// A value of a struct type.
  case structure(StructValue)
  /// An array.
  case array(ArrayValue)
  /// Program as data.
  case syntax(SyntaxValue)
  /// An overlay table, named by its singleton type.
  case table(ResolvedType)
}

/// A tuple.
public final class TupleValue: Sendable {
  /// The elements.
  public let elements: [Value]
  /// The tuple type of their types.
  public let type: ResolvedType
  let depth: Int

  /// Makes a tuple; throws if its type would be too large, or it nests too deep.
  init(_ elements: [Value]) throws(RuntimeProblem) {
    self.elements = elements
    do { type = try .tuple(elements.map(\.type)) } catch { throw .type(error) }
    depth = try Value.depth(around: elements)
  }
}

/// A value of a struct type.
public final class StructValue: Sendable {
  /// The concrete struct type.
  public let type: ResolvedType
  /// The fields' values.
  public let fields: [Value]
  let depth: Int

  init(_ type: ResolvedType, _ fields: [Value]) throws(RuntimeProblem) {
    self.type = type
    self.fields = fields
    depth = try Value.depth(around: fields)
  }
}

/// Program as data, with how deep it nests.
public final class SyntaxValue: Sendable {
  /// The program.
  public let syntax: Syntax
  let depth: Int

  init(_ syntax: Syntax, depth: Int) throws(RuntimeProblem) {
    guard depth <= Nesting.limit else { throw .nestedTooDeep(limit: Nesting.limit) }
    self.syntax = syntax
    self.depth = depth
  }

  convenience init(_ syntax: Syntax) throws(RuntimeProblem) { try self.init(syntax, depth: syntax.depth) }
}

extension Syntax {
  var depth: Int {
    switch self {
    case .literal(.syntax(let inner)): 1 + inner.depth
    case .literal, .name: 1
    case .form(_, let parts): 1 + (parts.map(\.depth).max() ?? 0)
    }
  }
}

/// A mutable, growing array. Its elements are behind a lock, for a constant's array is seen by every run.
public final class ArrayValue: Sendable {
  /// The declared type of the elements.
  public let elementType: ResolvedType
  /// `Array` of that.
  public let type: ResolvedType
  let elements: Mutex<[Value]>

  /// How many elements an array may have.
  static let countLimit = 1 << 24

  init(of elementType: ResolvedType, _ elements: [Value]) throws(RuntimeProblem) {
    self.elementType = elementType
    do { type = try .nominal(.array, [elementType]) } catch { throw .type(error) }
    self.elements = Mutex(elements)
  }

  /// The elements now.
  public var snapshot: [Value] { elements.withLock { $0 } }

  // Arrays can nest without a limit of depth, so they are taken apart one after the other and not inside each other.
  deinit {
    guard elements.withLock({ $0.contains(where: \.isShared) }) else { return }
    ArrayValue.remains.takeOver(elements)
    ArrayValue.remains.release()
  }

  private static let remains = Remains()

  private final class Remains: Sendable {
    private let state = Mutex<(pending: [[Value]], isReleasing: Bool)>(([], false))

    /// Becomes the only holder of the elements at once: a reference elsewhere could be the last one and release them.
    func takeOver(_ elements: borrowing Mutex<[Value]>) {
      elements.withLock { elements in
        state.withLock { state in
          state.pending.append([])
          swap(&state.pending[state.pending.count - 1], &elements)
        }
      }
    }

    func release() {
      let isFirst = state.withLock { state in
        defer { state.isReleasing = true }
        return !state.isReleasing
      }
      guard isFirst else { return }
      while takeNext() {}
    }

    private func takeNext() -> Bool {
      let next = state.withLock { state in
        if state.pending.isEmpty { state.isReleasing = false }
        return state.pending.popLast()
      }
      return next != nil
    }
  }
}

extension Value {
  /// How deep tuples and structs may nest in each other.
  static let depthLimit = 2_000

  /// The depth of a value that contains these; throws if it is beyond ``depthLimit``. Arrays count as flat.
  static func depth(around parts: [Value]) throws(RuntimeProblem) -> Int {
    var deepest = 0
    for part in parts {
      switch part {
      case .tuple(let tuple): deepest = max(deepest, tuple.depth)
      case .structure(let structure): deepest = max(deepest, structure.depth)
      default: break
      }
    }
    guard deepest < depthLimit else { throw .nestedTooDeep(limit: depthLimit) }
    return deepest + 1
  }

  /// Whether the value may contain others.
  fileprivate var isShared: Bool {
    switch self {
    case .tuple, .structure, .array: true
    default: false
    }
  }

  /// The type of the value; always concrete.
  public var type: ResolvedType {
    switch self {
    case .nothing: .nothing
    case .bool: .bool
    case .int: .int
    case .float: .float
    case .string: .string
    case .symbol: .symbol
    case .type(let type): .singleton(type)
    case .function(let type), .table(let type): type
    case .builtin(let builtin): .function(builtin.rawValue)
    case .tuple(let tuple): tuple.type
    case .structure(let structure): structure.type
    case .array(let array): array.type
    case .syntax: .syntax
    }
  }

  /// Makes a tuple; throws if its type would be too large.
  static func tuple(of elements: [Value]) throws(RuntimeProblem) -> Value { .tuple(try TupleValue(elements)) }
}

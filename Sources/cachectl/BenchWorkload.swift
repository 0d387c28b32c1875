import LoweredIR
import Overlay
import StagedHost

/// A program with the two calls that its constant `benchmark` names:
///
///     const benchmark = ((overdub, Traced, first, Int64), (overdub, Traced, second, Int64))
///
/// A call is a function and its arguments: a type stands for any argument of it, a function or a table for itself.
struct BenchWorkload {
  /// A call to infer.
  struct Call: CustomStringConvertible {
    var function: String
    var arguments: [ResolvedType]

    var description: String { "\(function)(\(arguments.map(\.description).joined(separator: ", ")))" }
  }

  static let constant = "benchmark"

  let host: Host
  /// Inferred from scratch.
  let first: Call
  /// Inferred after the first, with which it shares most of the call graph.
  let second: Call

  /// Loads a program; nothing of it is run but its constants.
  init(program path: String) throws { try self.init(text: try TextFile.read(path), path: path) }

  /// The same for a program's text.
  init(text: String, path: String) throws {
    host = Host(natives: [OverlayPass()], output: { StandardError.write($0) })
    try host.load(try Program.parse(text, file: path))
    guard case .tuple(let calls)? = host.view.global(BenchWorkload.constant), calls.elements.count == 2,
      let first = BenchWorkload.call(calls.elements[0]), let second = BenchWorkload.call(calls.elements[1])
    else { throw BenchError.noCalls(program: path) }
    self.first = first
    self.second = second
  }

  private static func call(_ value: Value) -> Call? {
    guard case .tuple(let tuple) = value, case .function(let type)? = tuple.elements.first,
      case .function(let function) = type.shape
    else { return nil }
    var arguments: [ResolvedType] = []
    for element in tuple.elements.dropFirst() {
      switch element {
      case .type(let type), .function(let type), .table(let type): arguments.append(type)
      case .builtin(let builtin): arguments.append(.function(builtin.rawValue))
      default: return nil
      }
    }
    return Call(function: function, arguments: arguments)
  }
}

import CacheIdentity
import CacheSession
import LoweredIR

/// A generated method with the argument types for which its source is generated.
public final class StagedInstance: MethodInstance {
  /// The method.
  public let staged: Method
  /// The argument types as a tuple type; the first is the callee's if values of a struct are called.
  public let arguments: ResolvedType
  /// The world that the instance was made in.
  public let view: WorldView
  private let known: Specialization

  /// Makes an instance; the method must accept the types.
  public init(_ method: Method, arguments: ResolvedType, in view: WorldView) {
    staged = method
    self.arguments = arguments
    self.view = view
    known = .of(method.function, arguments)
  }

  /// The method's identity.
  public var definition: Digest { staged.digest }
  /// What the method is.
  public var method: MethodDescription { staged.description }
  /// The function with the argument types.
  public var specialization: String { known.text }
  /// The specialization's identity.
  public var instance: Digest { known.digest }

  /// Whether the generator may run for the instance (B10): all argument types are concrete, or the generator's code
  /// does not look at those that are not.
  public var mayGenerate: Bool {
    guard case .tuple(let types, let tail) = arguments.shape, !arguments.isConcrete else { return true }
    let code = staged.definition.code
    let offset = staged.startsWithCallee && staged.definition.calleeName == nil ? 1 : 0
    let fixed = code.isVararg ? code.arguments.count - 1 : code.arguments.count
    var abstract: Set<Int> = []
    for (position, type) in types.dropFirst(offset).enumerated() where !type.isConcrete {
      abstract.insert(min(position, fixed))
    }
    if tail != nil { abstract.insert(fixed) }
    return !code.reads(slots: abstract)
  }
}

extension LoweredCode {
  fileprivate func reads(slots: Set<Int>) -> Bool {
    func reads(_ operand: Operand) -> Bool {
      if case .slot(let slot) = operand { slots.contains(slot) } else { false }
    }
    return statements.contains { statement in
      switch statement {
      case .value(let expression), .assign(_, let expression):
        switch expression {
        case .operand(let operand): reads(operand)
        case .call(let callee, let arguments): reads(callee) || arguments.contains(where: reads)
        }
      case .gotoIfNot(let operand, _), .return(let operand): reads(operand)
      case .goto: false
      }
    }
  }
}

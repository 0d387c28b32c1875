import CacheIdentity
import LoweredIR

/// What went wrong in a running program.
public enum RuntimeProblem: Error, Sendable {
  /// No method accepts these argument types.
  case noMethod(call: String)
  /// Several methods accept these argument types and none of them is the most specific.
  case ambiguous(call: String, methods: [String])
  /// A value of this type was called, and cannot be.
  case notCallable(type: String)
  /// Nothing is bound to this name.
  case unbound(name: String)
  /// A local is used before it is assigned.
  case unassigned(slot: String)
  /// Code names a type that does not exist, or with wrong parameters.
  case type(TypeProblem)
  /// A builtin or constructor got another number of arguments.
  case wrongArgumentCount(callee: String, found: Int, least: Int, most: Int?)
  /// A builtin or constructor got an argument of another type. Positions count from 1.
  case wrongArgument(callee: String, position: Int, found: String, expected: String)
  /// A condition is no `Bool`.
  case notBool(type: String)
  /// An index outside of 1 to the count.
  case outOfBounds(callee: String, index: Int64, count: Int)
  /// A type has no field of this name.
  case noField(name: String, type: String)
  /// An integer was divided by zero.
  case dividedByZero
  /// The number is not an exact integer of 64 bits.
  case notAnInteger(Double)
  /// A type parameter could not be inferred from the fields.
  case parameterNotInferred(name: String, type: String)
  /// Something grew beyond what the host allows.
  case tooLarge(what: String, limit: Int)
  /// Values or syntax nest too deep.
  case nestedTooDeep(limit: Int)
  /// Calls nest too deep.
  case recursionTooDeep(limit: Int)
  /// The program called `error`.
  case raised(String)
  /// A generator failed while source was generated for this instance.
  case generation(instance: String, any Error)
  /// A generator declined to give source for this instance.
  case declined(instance: String)
  /// A generator returned something that is no program.
  case notSource(type: String)
  /// Generated functions cannot be called here: no session is attached, or a constant is being evaluated.
  case noSession(instance: String)
  /// Code is not well formed.
  case invalidCode(any Error)
  /// Source was requested in a world that the instance's view does not know.
  case unknownWorld(HostWorld, newest: HostWorld)
}

/// One call that was active when a program failed.
public struct CallFrame: Hashable, Sendable {
  /// What was called: a method's signature, or an instance.
  public let callee: String
  /// Where it is defined.
  public let location: SourceLocation?

  /// Makes a frame.
  public init(callee: String, location: SourceLocation?) {
    self.callee = callee
    self.location = location
  }
}

/// A program's failure: what went wrong, and the calls that led there.
public struct HostError: Error, Sendable {
  /// What went wrong.
  public var problem: RuntimeProblem
  /// The active calls, the innermost first; at most ``stackLimit`` are kept.
  public var stack: [CallFrame]

  static let stackLimit = 50

  /// Makes an error.
  public init(_ problem: RuntimeProblem, stack: [CallFrame] = []) {
    self.problem = problem
    self.stack = stack
  }
}

/// Why a definition was not taken in. Nothing of the load that contained it was.
public struct DefinitionError: Error, Sendable {
  /// What is wrong with a definition.
  public enum Problem: Error, Sendable {
    /// It names a type that does not exist, or with wrong parameters.
    case type(TypeProblem)
    /// It would replace something that exists from the start.
    case reservedName
    /// The name means another kind of thing already: a type, a constant, a table or a function.
    case nameConflict(existing: String)
    /// A method is for a table that is not defined.
    case unknownTable(String)
    /// Only functions, and structs' values and constructors, can have methods.
    case calleeNotCallable(type: String)
    /// The supertype is not abstract.
    case supertypeNotAbstract(String)
    /// The type would be its own supertype.
    case ownSupertype
    /// A name stands twice among the fields or parameters.
    case duplicateName(String)
    /// The code takes another number of arguments than the signature.
    case argumentCount(code: Int, signature: Int)
    /// The code is not well formed.
    case invalidCode(any Error)
    /// Evaluating a constant failed.
    case evaluation(any Error)
  }

  /// The definition's name.
  public let name: String
  /// Where it is, if that is known.
  public let location: SourceLocation?
  /// What is wrong.
  public let problem: Problem

  /// Makes an error.
  public init(name: String, location: SourceLocation? = nil, _ problem: Problem) {
    self.name = name
    self.location = location
    self.problem = problem
  }
}

/// Lowered code of one method body or one generated source: statements over SSA values and slots.
///
/// Statement *n* (from 0) defines SSA value *n*. Slots are the arguments, then the locals. A value type: a copy that is
/// handed out can be changed without any effect on the original.
public struct LoweredCode: Hashable, Sendable {
  /// Names of the arguments; slot *i* holds argument *i*. The callee itself is not an argument.
  public var arguments: [String]
  /// Whether the last argument collects all further ones in a tuple.
  public var isVararg: Bool
  /// Names of the local slots, which follow the arguments.
  public var locals: [String]
  /// The statements; the last one that control reaches returns.
  public var statements: [Statement]
  /// The method that inference takes this source for when it limits recursion, as its table and signature:
  /// `global sin(Float64)`. `nil` for a method's own code: that is taken for the method itself (F1). It has no part in what
  /// the code computes.
  public var methodForInferenceLimitHeuristics: String?

  /// Makes lowered code; ``validate()`` says whether it is well formed.
  public init(
    arguments: [String], isVararg: Bool = false, locals: [String] = [], statements: [Statement],
    methodForInferenceLimitHeuristics: String? = nil
  ) {
    self.arguments = arguments
    self.isVararg = isVararg
    self.locals = locals
    self.statements = statements
    self.methodForInferenceLimitHeuristics = methodForInferenceLimitHeuristics
  }

  /// The number of slots.
  public var slotCount: Int { arguments.count + locals.count }
}

/// One step of lowered code. Targets and SSA numbers are statement positions from 0.
public enum Statement: Hashable, Sendable {
  /// Evaluates an operand or a call; its value is this statement's SSA value.
  case value(Expression)
  /// The same, and stores the value in a slot.
  case assign(slot: Int, Expression)
  /// Goes to a statement.
  case goto(Int)
  /// Goes to a statement if the condition, a `Bool`, is false; else on to the next.
  case gotoIfNot(Operand, Int)
  /// Ends with a result.
  case `return`(Operand)
}

/// What a statement evaluates.
public enum Expression: Hashable, Sendable {
  /// Just an operand.
  case operand(Operand)
  /// A call of a function value.
  case call(Operand, [Operand])
}

/// What a call or a statement uses.
public enum Operand: Hashable, Sendable {
  /// The value of an earlier statement.
  case ssa(Int)
  /// The value of an argument or local.
  case slot(Int)
  /// A constant.
  case literal(Literal)
  /// What a global binding holds: a function, type, table or constant.
  case global(String)
}

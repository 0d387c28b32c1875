import Synchronization

/// Lowered code of one method body or one generated source: statements over SSA values and slots.
///
/// Statement *n* (from 0) defines SSA value *n*. Slots are the arguments, then the locals. A value type: a copy that is
/// handed out can be changed without any effect on the original. One reference wide; a change makes a new object.
public struct LoweredCode: Sendable {
  private var body: Body

  /// What copies share, and what was derived from it.
  private final class Body: Sendable {
    let arguments: [String]
    let isVararg: Bool
    let locals: [String]
    let statements: [Statement]
    let methodForInferenceLimitHeuristics: String?
    let layout = Mutex<CodeLayout?>(nil)

    init(
      arguments: [String], isVararg: Bool, locals: [String], statements: [Statement],
      methodForInferenceLimitHeuristics: String?
    ) {
      self.arguments = arguments
      self.isVararg = isVararg
      self.locals = locals
      self.statements = statements
      self.methodForInferenceLimitHeuristics = methodForInferenceLimitHeuristics
    }
  }

  /// Makes lowered code; ``validate()`` says whether it is well formed.
  public init(
    arguments: [String], isVararg: Bool = false, locals: [String] = [], statements: [Statement],
    methodForInferenceLimitHeuristics: String? = nil
  ) {
    body = Body(
      arguments: arguments, isVararg: isVararg, locals: locals, statements: statements,
      methodForInferenceLimitHeuristics: methodForInferenceLimitHeuristics)
  }

  /// Names of the arguments; slot *i* holds argument *i*. The callee itself is not an argument.
  public var arguments: [String] {
    get { body.arguments }
    set { self = with(arguments: newValue) }
  }

  /// Whether the last argument collects all further ones in a tuple.
  public var isVararg: Bool {
    get { body.isVararg }
    set { self = with(isVararg: newValue) }
  }

  /// Names of the local slots, which follow the arguments.
  public var locals: [String] {
    get { body.locals }
    set { self = with(locals: newValue) }
  }

  /// The statements; the last one that control reaches returns.
  public var statements: [Statement] {
    get { body.statements }
    set { self = with(statements: newValue) }
  }

  /// The method that inference takes this source for when it limits recursion, as its table and signature:
  /// `global sin(Float64)`. `nil` for a method's own code: that is taken for the method itself (F1). It has no part in what
  /// the code computes.
  public var methodForInferenceLimitHeuristics: String? {
    get { body.methodForInferenceLimitHeuristics }
    set {
      self = LoweredCode(
        arguments: arguments, isVararg: isVararg, locals: locals, statements: statements,
        methodForInferenceLimitHeuristics: newValue)
    }
  }

  private func with(
    arguments: [String]? = nil, isVararg: Bool? = nil, locals: [String]? = nil, statements: [Statement]? = nil
  ) -> LoweredCode {
    LoweredCode(
      arguments: arguments ?? body.arguments, isVararg: isVararg ?? body.isVararg, locals: locals ?? body.locals,
      statements: statements ?? body.statements,
      methodForInferenceLimitHeuristics: body.methodForInferenceLimitHeuristics)
  }

  /// The number of slots.
  public var slotCount: Int { body.arguments.count + body.locals.count }

  /// The code's layout. Made once for the code and all its copies, so for a source that a cache serves again it is there already; linear
  /// in the size of the code, which is validated then.
  package func layout() throws(InvalidCode) -> CodeLayout {
    if let known = body.layout.withLock({ $0 }) { return known }
    try validate()
    let made = CodeLayout(wellFormed: self)
    return body.layout.withLock { layout in
      if let layout { return layout }
      layout = made
      return made
    }
  }
}

extension LoweredCode: Hashable {
  /// Whether all is equal.
  public static func == (left: LoweredCode, right: LoweredCode) -> Bool {
    left.body === right.body
      || left.arguments == right.arguments && left.isVararg == right.isVararg && left.locals == right.locals
        && left.statements == right.statements
        && left.methodForInferenceLimitHeuristics == right.methodForInferenceLimitHeuristics
  }

  /// Feeds all of it.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(arguments)
    hasher.combine(isVararg)
    hasher.combine(locals)
    hasher.combine(statements)
    hasher.combine(methodForInferenceLimitHeuristics)
  }
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

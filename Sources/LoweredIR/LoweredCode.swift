import Synchronization

/// Lowered code of one method body or one generated source: statements over SSA values and slots.
///
/// Statement *n* (from 0) defines SSA value *n*. Slots are the arguments, then the locals. A value type: a copy that is
/// handed out can be changed without any effect on the original. One reference wide; a change makes a new object.
///
/// Code that was decoded is a ``CodeLayout``; what inference does not look at, its statements and names as arrays, is made when somebody
/// asks for it.
public struct LoweredCode: Sendable {
  private var form: Form

  private enum Form: Sendable {
    case built(CodeBody)
    case decoded(CodeLayout)
  }

  /// Makes lowered code; ``validate()`` says whether it is well formed.
  public init(
    arguments: [String], isVararg: Bool = false, locals: [String] = [], statements: [Statement],
    methodForInferenceLimitHeuristics: String? = nil
  ) {
    form = .built(
      CodeBody(
        arguments: arguments, isVararg: isVararg, locals: locals, statements: statements,
        methodForInferenceLimitHeuristics: methodForInferenceLimitHeuristics))
  }

  /// Code that was decoded, and found well formed.
  init(decoded layout: CodeLayout) { form = .decoded(layout) }

  private var body: CodeBody {
    switch form {
    case .built(let body): body
    case .decoded(let layout): layout.body()
    }
  }

  /// Names of the arguments; slot *i* holds argument *i*. The callee itself is not an argument.
  public var arguments: [String] {
    get { body.arguments }
    set { self = with(arguments: newValue) }
  }

  /// Whether the last argument collects all further ones in a tuple.
  public var isVararg: Bool {
    get {
      switch form {
      case .built(let body): body.isVararg
      case .decoded(let layout): layout.isVararg
      }
    }
    set { self = with(isVararg: newValue) }
  }

  /// Names of the local slots, which follow the arguments.
  public var locals: [String] {
    get { body.locals }
    set { self = with(locals: newValue) }
  }

  /// The statements; the last one that control reaches returns. Of decoded code they are made by the first who asks.
  public var statements: [Statement] {
    get { body.statements }
    set { self = with(statements: newValue) }
  }

  /// The number of statements. Costs nothing.
  public var statementCount: Int {
    switch form {
    case .built(let body): body.statements.count
    case .decoded(let layout): layout.statements.count
    }
  }

  /// The number of slots. Costs nothing.
  public var slotCount: Int {
    switch form {
    case .built(let body): body.arguments.count + body.locals.count
    case .decoded(let layout): layout.slotCount
    }
  }

  /// The method that inference takes this source for when it limits recursion, as its table and signature:
  /// `global sin(Float64)`. `nil` for a method's own code: that is taken for the method itself (F1). It has no part in what
  /// the code computes.
  public var methodForInferenceLimitHeuristics: String? {
    get {
      switch form {
      case .built(let body): body.methodForInferenceLimitHeuristics
      case .decoded(let layout): layout.methodForLimits?.text
      }
    }
    set {
      self = LoweredCode(
        arguments: arguments, isVararg: isVararg, locals: locals, statements: statements,
        methodForInferenceLimitHeuristics: newValue)
    }
  }

  private func with(
    arguments: [String]? = nil, isVararg: Bool? = nil, locals: [String]? = nil, statements: [Statement]? = nil
  ) -> LoweredCode {
    let body = body
    return LoweredCode(
      arguments: arguments ?? body.arguments, isVararg: isVararg ?? body.isVararg, locals: locals ?? body.locals,
      statements: statements ?? body.statements,
      methodForInferenceLimitHeuristics: body.methodForInferenceLimitHeuristics)
  }

  /// The code's layout: what decoded code is. That of other code is made once for it and all its copies; linear in its size, and the code
  /// is validated then.
  package func layout() throws(InvalidCode) -> CodeLayout {
    switch form {
    case .decoded(let layout): return layout
    case .built(let body):
      if let known = body.layout.withLock({ $0 }) { return known }
      try validate()
      return body.layout.withLock { layout in
        if let layout { return layout }
        let made = CodeLayout.wellFormed(self)
        layout = made
        return made
      }
    }
  }
}

/// The parts of code as they are written, which copies share, and the layout that was made of them.
final class CodeBody: Sendable {
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

extension LoweredCode: Hashable {
  /// Whether all is equal.
  public static func == (left: LoweredCode, right: LoweredCode) -> Bool {
    if case .decoded(let one) = left.form, case .decoded(let other) = right.form, one === other { return true }
    let (left, right) = (left.body, right.body)
    return left === right
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

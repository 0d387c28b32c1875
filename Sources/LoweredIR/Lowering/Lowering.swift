/// Turns syntax into lowered code: nested calls become statements in order of evaluation, control flow becomes jumps.
public enum Lowering {
  /// Lowers a body. Its value is what the code returns. Names that are neither arguments nor assigned are global.
  ///
  /// Linear in the size of the syntax. The result is valid: ``LoweredCode/validate()`` does not throw for it. Code that
  /// cannot be reached is left out.
  public static func lower(
    body: Syntax, arguments: [String], isVararg: Bool = false
  ) throws(LoweringError) -> LoweredCode {
    guard body.isNested() else { throw .nestedTooDeeply(limit: Nesting.limit) }
    if let name = arguments.firstRepeated { throw .duplicateArgument(name) }
    guard !isVararg || !arguments.isEmpty else { throw .varargWithoutArguments }
    var lowerer = Lowerer(arguments: arguments, body: body)
    try lowerer.lowerResult(body)
    return LoweredCode(
      arguments: arguments, isVararg: isVararg, locals: lowerer.variables.locals, statements: lowerer.finish())
  }
}

/// The code that was made so far from a body.
struct Lowerer {
  /// A place to jump to, known before its position is: until the end, jumps hold labels.
  struct Label {
    let index: Int
  }

  struct Loop {
    let next: Label
    let exit: Label
  }

  private(set) var variables: Variables
  private(set) var statements: [Statement] = []
  /// Whether control can reach what is emitted next; what it cannot reach is dropped.
  private(set) var isReachable = true
  var loops: [Loop] = []
  private var labels: [(position: Int, isUsed: Bool)] = []

  init(arguments: [String], body: Syntax) {
    variables = Variables(arguments: arguments)
    variables.collect(body)
  }

  // MARK: Emitting

  /// Appends a statement; gives its value, or any operand if control does not reach it.
  @discardableResult
  mutating func emit(_ statement: Statement) -> Operand {
    guard isReachable else { return .literal(.nothing) }
    statements.append(statement)
    return .ssa(statements.count - 1)
  }

  mutating func emitReturn(_ operand: Operand) {
    emit(.return(operand))
    isReachable = false
  }

  mutating func makeLabel() -> Label {
    labels.append((0, false))
    return Label(index: labels.count - 1)
  }

  mutating func jump(to label: Label) {
    guard isReachable else { return }
    emit(.goto(label.index))
    labels[label.index].isUsed = true
    isReachable = false
  }

  mutating func jump(to label: Label, ifNot condition: Operand) {
    guard isReachable else { return }
    emit(.gotoIfNot(condition, label.index))
    labels[label.index].isUsed = true
  }

  /// Puts the label here.
  mutating func place(_ label: Label) {
    labels[label.index].position = statements.count
    if labels[label.index].isUsed { isReachable = true }
  }

  mutating func makeTemporary() -> Int { variables.makeTemporary() }

  /// The statements, with positions for labels.
  func finish() -> [Statement] {
    guard !labels.isEmpty else { return statements }
    return statements.map { statement in
      switch statement {
      case .goto(let label): .goto(labels[label].position)
      case .gotoIfNot(let condition, let label): .gotoIfNot(condition, labels[label].position)
      case .value, .assign, .return: statement
      }
    }
  }
}

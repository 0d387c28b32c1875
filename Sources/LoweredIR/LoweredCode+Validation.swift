/// Why lowered code is not well formed, and where.
public struct InvalidCode: Error, Hashable, Sendable {
  /// The kinds of trouble.
  public enum Problem: Hashable, Sendable {
    /// There are no statements.
    case empty
    /// The last statement lets control go on.
    case fallsOffTheEnd
    /// The statement of this number does not stand before the use, or has no value.
    case undefinedValue(Int)
    /// There is no slot of this number.
    case unknownSlot(Int)
    /// There is no statement of this number to go to.
    case unknownTarget(Int)
    /// Two slots have this name.
    case duplicateSlotName(String)
    /// The last argument collects further ones, but there is none.
    case varargWithoutArguments
    /// A literal is nested deeper than ``Nesting/limit``.
    case nestedTooDeeply(limit: Int)
  }

  /// What is wrong.
  public let problem: Problem
  /// The number of the statement, if it is about one.
  public let statement: Int?

  /// Makes an error.
  public init(_ problem: Problem, statement: Int? = nil) {
    self.problem = problem
    self.statement = statement
  }
}

extension LoweredCode {
  /// Checks that the code is well formed; throws the first fault. Linear in the size of the code.
  ///
  /// Afterwards every slot and target exists, every SSA value is one of a statement *before* its use, and control cannot leave
  /// the statements but by a return. Whether that earlier statement was executed on every path is not checked: who
  /// evaluates code treats a value that was never computed, like a local that was never assigned, as an error of the code.
  public func validate() throws(InvalidCode) {
    if isVararg, arguments.isEmpty { throw InvalidCode(.varargWithoutArguments) }
    let names = locals.isEmpty ? arguments : arguments + locals
    if let name = names.firstRepeated { throw InvalidCode(.duplicateSlotName(name)) }
    guard let last = statements.last else { throw InvalidCode(.empty) }
    for (position, statement) in statements.enumerated() {
      do throws(InvalidCode.Problem) {
        try validate(statement, at: position)
      } catch {
        throw InvalidCode(error, statement: position)
      }
    }
    switch last {
    case .return, .goto: break
    case .value, .assign, .gotoIfNot: throw InvalidCode(.fallsOffTheEnd, statement: statements.count - 1)
    }
  }

  private func validate(_ statement: Statement, at position: Int) throws(InvalidCode.Problem) {
    switch statement {
    case .value(let expression): try validate(expression, at: position)
    case .assign(let slot, let expression):
      guard slot >= 0, slot < slotCount else { throw .unknownSlot(slot) }
      try validate(expression, at: position)
    case .goto(let target): try validate(target: target)
    case .gotoIfNot(let condition, let target):
      try validate(condition, at: position)
      try validate(target: target)
    case .return(let operand): try validate(operand, at: position)
    }
  }

  private func validate(_ expression: Expression, at position: Int) throws(InvalidCode.Problem) {
    switch expression {
    case .operand(let operand): try validate(operand, at: position)
    case .call(let callee, let arguments):
      try validate(callee, at: position)
      for argument in arguments { try validate(argument, at: position) }
    }
  }

  private func validate(_ operand: Operand, at position: Int) throws(InvalidCode.Problem) {
    switch operand {
    case .ssa(let number):
      guard number >= 0, number < position, statements[number].hasValue else { throw .undefinedValue(number) }
    case .slot(let slot):
      guard slot >= 0, slot < slotCount else { throw .unknownSlot(slot) }
    case .literal(let literal):
      guard literal.isNested() else { throw .nestedTooDeeply(limit: Nesting.limit) }
    case .global: break
    }
  }

  private func validate(target: Int) throws(InvalidCode.Problem) {
    guard target >= 0, target < statements.count else { throw .unknownTarget(target) }
  }
}

extension InvalidCode.Problem: Error {}

extension Statement {
  /// Whether the statement defines an SSA value.
  var hasValue: Bool {
    switch self {
    case .value, .assign: true
    case .goto, .gotoIfNot, .return: false
    }
  }
}

import LoweredIR
import StagedHost

/// Rewrites a method's code into the code of an instance of `overdub`, in one walk.
///
/// - Inference takes the result for the method when it limits recursion (F1).
/// - The arguments are the table, the callee, and the method's own; slots move up by as many.
/// - `g(args…)` becomes `overdub(T, g, args…)`; `_apply(g, groups…)` becomes `_apply(overdub, (T, g), groups…)`.
/// - Builtins and types with all parameters are called straight: no method can be in their place.
/// - In an overlay method, a call of the function that it overlays goes straight, and so to the global method. Else an
///   overlay method that builds on what it replaces would call itself without end.
struct Rewriter {
  private let recorder: Recorder
  private let calleeIsArgument: Bool
  /// The function that an overlay method must not call through the pass.
  private let overlaidFunction: String?
  private let callsOwnCalleeStraight: Bool
  private let offset: Int
  private let nameForInferenceLimits: String
  private var statements: [Statement] = []
  /// The new numbers of the statements that were walked.
  private var positions: [Int] = []

  init(_ method: Method, isOverlaid: Bool, _ recorder: Recorder) {
    self.recorder = recorder
    nameForInferenceLimits = method.nameForInferenceLimits
    calleeIsArgument = method.definition.calleeName != nil
    overlaidFunction = isOverlaid ? method.function : nil
    callsOwnCalleeStraight = isOverlaid && calleeIsArgument
    offset = calleeIsArgument ? 1 : 2
  }

  mutating func rewrite(_ code: LoweredCode) -> LoweredCode {
    statements.reserveCapacity(code.statements.count)
    positions.reserveCapacity(code.statements.count)
    for statement in code.statements {
      statements.append(rewritten(statement))
      positions.append(statements.count - 1)
    }
    if statements.count > code.statements.count { moveTargets() }
    var arguments: [String] = []
    arguments.reserveCapacity(code.arguments.count + offset)
    arguments.append(unused("#table", in: code))
    if !calleeIsArgument { arguments.append(unused("#callee", in: code)) }
    arguments.append(contentsOf: code.arguments)
    return LoweredCode(
      arguments: arguments, isVararg: code.isVararg, locals: code.locals, statements: statements,
      methodForInferenceLimitHeuristics: nameForInferenceLimits)
  }

  private func unused(_ name: String, in code: LoweredCode) -> String {
    code.arguments.contains(name) || code.locals.contains(name) ? unused(name + "#", in: code) : name
  }

  private mutating func rewritten(_ statement: Statement) -> Statement {
    switch statement {
    case .value(let expression): .value(self.expression(expression))
    case .assign(let slot, let expression): .assign(slot: slot + offset, self.expression(expression))
    case .goto: statement
    case .gotoIfNot(let condition, let target): .gotoIfNot(operand(condition), target)
    case .return(let result): .return(operand(result))
    }
  }

  /// Jumps go to where a statement's own preparations begin.
  private mutating func moveTargets() {
    let starts = [0] + positions.dropLast().map { $0 + 1 }
    for (number, statement) in statements.enumerated() {
      switch statement {
      case .goto(let target): statements[number] = .goto(starts[target])
      case .gotoIfNot(let condition, let target): statements[number] = .gotoIfNot(condition, starts[target])
      case .value, .assign, .return: break
      }
    }
  }

  private mutating func expression(_ expression: Expression) -> Expression {
    switch expression {
    case .operand(let source): .operand(operand(source))
    case .call(let callee, let arguments): call(callee, arguments[...])
    }
  }

  private mutating func call(_ callee: Operand, _ arguments: ArraySlice<Operand>) -> Expression {
    let (route, callee) = self.callee(callee)
    switch route {
    case .straight: return .call(callee, operands(arguments))
    case .pass: return .call(.global(OverlayPass.function), operands(arguments, after: .slot(0), callee))
    case .apply:
      guard let first = arguments.first else { return .call(callee, []) }
      let (route, applied) = self.callee(first)
      if route == .straight { return .call(callee, operands(arguments.dropFirst(), after: applied)) }
      statements.append(.value(.call(.global(Builtin.tuple.rawValue), [.slot(0), applied])))
      let pair = Operand.ssa(statements.count - 1)
      return .call(callee, operands(arguments.dropFirst(), after: .global(OverlayPass.function), pair))
    }
  }

  /// How a callee is called.
  private enum Route {
    /// Through the pass.
    case pass
    /// As it is.
    case straight
    /// It is `_apply`: what it applies decides.
    case apply
  }

  /// A callee, and how it is called. What a generic function is cannot change, so its binding is no question; another
  /// global's is (C13).
  private func callee(_ callee: Operand) -> (Route, Operand) {
    switch callee {
    case .global(let text):
      let name = recorder.view.globalName(text)
      recorder.note(called: name)
      return (text == overlaidFunction ? .straight : route(of: name.meaning), callee)
    case .slot(let slot): return (slot == 0 && callsOwnCalleeStraight ? .straight : .pass, operand(callee))
    case .literal(.type(.nominal(_, let parameters))): return (parameters.isEmpty ? .pass : .straight, operand(callee))
    case .literal, .ssa: return (.pass, operand(callee))
    }
  }

  private func route(of meaning: Meaning) -> Route {
    switch meaning {
    case .predeclared(.builtin(let builtin)), .bound(.builtin(let builtin)): builtin == .apply ? .apply : .straight
    case .predeclared(.function): .straight
    case .predeclared, .bound, .genericFunction, .nothing: .pass
    }
  }

  private func operands(
    _ rest: ArraySlice<Operand>, after first: Operand? = nil, _ second: Operand? = nil
  ) -> [Operand] {
    var operands: [Operand] = []
    operands.reserveCapacity(rest.count + 2)
    if let first { operands.append(first) }
    if let second { operands.append(second) }
    for operand in rest { operands.append(self.operand(operand)) }
    return operands
  }

  private func operand(_ operand: Operand) -> Operand {
    switch operand {
    case .slot(let slot): return .slot(slot + offset)
    case .ssa(let number): return .ssa(positions[number])
    case .global, .literal:
      recorder.note(operand)
      return operand
    }
  }
}

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
    for statement in code.statements { append(statement) }
    if statements.count > code.statements.count { moveTargets() }
    let names = code.arguments + code.locals
    let added = calleeIsArgument ? ["#table"] : ["#table", "#callee"]
    return LoweredCode(
      arguments: added.map { unused($0, among: names) } + code.arguments, isVararg: code.isVararg, locals: code.locals,
      statements: statements, methodForInferenceLimitHeuristics: nameForInferenceLimits)
  }

  private func unused(_ name: String, among names: [String]) -> String {
    names.contains(name) ? unused(name + "#", among: names) : name
  }

  private mutating func append(_ statement: Statement) {
    let rewritten: Statement
    switch statement {
    case .value(let expression): rewritten = .value(self.expression(expression))
    case .assign(let slot, let expression): rewritten = .assign(slot: slot + offset, self.expression(expression))
    case .goto: rewritten = statement
    case .gotoIfNot(let condition, let target): rewritten = .gotoIfNot(operand(condition), target)
    case .return(let result): rewritten = .return(operand(result))
    }
    positions.append(statements.count)
    statements.append(rewritten)
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
    guard case .call(let callee, let arguments) = expression else {
      guard case .operand(let source) = expression else { return expression }
      return .operand(operand(source))
    }
    let route = route(of: callee)
    if route == .apply, let applied = arguments.first, self.route(of: applied) != .straight {
      statements.append(.value(.call(.global(Builtin.tuple.rawValue), [.slot(0), self.callee(applied)])))
      let pair = Operand.ssa(statements.count - 1)
      return .call(self.callee(callee), [.global(OverlayPass.function), pair] + arguments.dropFirst().map(operand))
    }
    guard route == .pass else { return .call(self.callee(callee), arguments.map(operand)) }
    var passed: [Operand] = [.slot(0), self.callee(callee)]
    passed.reserveCapacity(arguments.count + 2)
    for argument in arguments { passed.append(operand(argument)) }
    return .call(.global(OverlayPass.function), passed)
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

  private func route(of callee: Operand) -> Route {
    switch callee {
    case .global(let name):
      if name == overlaidFunction { return .straight }
      switch recorder.view.meaning(of: name) {
      case .predeclared(.builtin(let builtin)), .bound(.builtin(let builtin)):
        return builtin == .apply ? .apply : .straight
      case .predeclared(.function): return .straight
      case .predeclared, .bound, .genericFunction, .nothing: return .pass
      }
    case .slot(let slot): return slot == 0 && callsOwnCalleeStraight ? .straight : .pass
    case .literal(.type(.nominal(_, let parameters))): return parameters.isEmpty ? .pass : .straight
    case .literal, .ssa: return .pass
    }
  }

  /// A callee: what a generic function is cannot change, so its binding is no question; another global's is (C13).
  private func callee(_ callee: Operand) -> Operand {
    guard case .global(let name) = callee else { return operand(callee) }
    if case .bound = recorder.view.meaning(of: name) { recorder.note(binding: name) }
    return callee
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

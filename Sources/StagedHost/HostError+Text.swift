// The one place that chooses words for what goes wrong in programs and definitions.

extension RuntimeProblem: CustomStringConvertible {
  /// The problem in one line.
  public var description: String {
    switch self {
    case .noMethod(let call): "no method matches \(call)"
    case .ambiguous(let call, let methods): "\(call) is ambiguous between \(methods.joined(separator: " and "))"
    case .notCallable(let type): "a value of type \(type) cannot be called"
    case .unbound(let name): "\(name) is not defined"
    case .unassigned(let slot): "\(slot) is used before it is assigned"
    case .type(let problem): problem.description
    case .wrongArgumentCount(let callee, let found, let least, let most):
      "\(callee) takes \(RuntimeProblem.count(least, most)), but got \(found)"
    case .wrongArgument(let callee, let position, let found, let expected):
      "argument \(position) of \(callee) must be \(expected), but is \(found)"
    case .notBool(let type): "a condition must be Bool, but is \(type)"
    case .outOfBounds(let callee, let index, let count): "\(callee): \(index) is not an index of 1 to \(count)"
    case .noField(let name, let type): "\(type) has no field \(name)"
    case .dividedByZero: "integer division by zero"
    case .notAnInteger(let number): "\(number) is not an exact Int64"
    case .parameterNotInferred(let name, let type): "the parameter \(name) of \(type) does not follow from its fields"
    case .tooLarge(let what, let limit): "\(what) too large: the limit is \(limit)"
    case .nestedTooDeep(let limit): "nested too deep: the limit is \(limit) levels"
    case .recursionTooDeep(let limit): "recursion too deep: the limit is \(limit) calls"
    case .raised(let message): message
    case .generation(let instance, let error): "no source for \(instance): \(error)"
    case .declined(let instance): "the generator declined to give source for \(instance)"
    case .notSource(let type): "a generator must return syntax or a constant, but returned a value of type \(type)"
    case .noSession(let instance): "\(instance) is generated, which is not possible in constants and without a session"
    case .invalidCode(let error): "invalid code: \(error)"
    case .unknownWorld(let world, let newest): "world \(world) is unknown where the newest is \(newest)"
    }
  }

  private static func count(_ least: Int, _ most: Int?) -> String {
    let range = most.map { $0 == least ? "\(least)" : "\(least) to \($0)" } ?? "at least \(least)"
    return range + (range == "1" ? " argument" : " arguments")
  }
}

extension TypeProblem: CustomStringConvertible {
  /// The problem in one line.
  public var description: String {
    switch self {
    case .unknownType(let name): "there is no type \(name)"
    case .wrongParameterCount(let type, let found, let expected): "\(type) takes \(expected) parameters, not \(found)"
    case .notAType(let number): "\(number) is no type"
    case .tooLarge(let limit): "type too large: the limit is \(limit)"
    }
  }
}

extension HostError: CustomStringConvertible {
  /// The problem, then a line for each active call, the innermost first.
  public var description: String {
    stack.reduce(into: "error: \(problem)") { text, frame in
      text += "\n  in \(frame.callee)"
      if let location = frame.location { text += " at \(location)" }
    }
  }
}

extension DefinitionError: CustomStringConvertible {
  /// The definition and what is wrong with it.
  public var description: String {
    (location.map { "\($0): " } ?? "") + "\(name): \(problem)"
  }
}

extension DefinitionError.Problem: CustomStringConvertible {
  /// The problem in one line.
  public var description: String {
    switch self {
    case .type(let problem): problem.description
    case .reservedName: "the name exists from the start and cannot be redefined"
    case .nameConflict(let existing): "the name is that of a \(existing)"
    case .unknownTable(let table): "there is no method table \(table)"
    case .calleeNotCallable(let type): "\(type) cannot have methods"
    case .supertypeNotAbstract(let type): "the supertype \(type) is not abstract"
    case .ownSupertype: "the type would be its own supertype"
    case .duplicateName(let name): "\(name) stands twice"
    case .argumentCount(let code, let signature):
      "the code takes \(code) arguments, the signature declares \(signature)"
    case .invalidCode(let error): "invalid code: \(error)"
    case .evaluation(let error): "\(error)"
    }
  }
}

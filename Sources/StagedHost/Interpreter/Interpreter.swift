import CacheIdentity
import LoweredIR

/// Runs prepared code in one world. Calls push frames on a stack of its own, so the depth of recursion is bounded by a
/// number and never by the thread's stack.
struct Interpreter {
  let view: WorldView
  let requester: SourceRequester
  /// Where the questions go that a generator asks; `nil` while a program just runs.
  let recorder: Recorder?
  private var registers: [Value?] = []
  /// The first register that no frame uses. From here on there is nothing but the arguments of a call that begins.
  private var top = 0
  private var argumentCount = 0
  private var frames: [Frame] = []

  /// How many calls may be active.
  static let depthLimit = 50_000
  /// How many registers all active calls may have.
  static let registerLimit = 1 << 23
  /// How many arguments a call may have.
  static let argumentLimit = 4_096

  private struct Frame {
    let code: PreparedCode
    let base: Int
    var position: Int
    /// Where the value of the call that is active goes.
    var destination: Destination
  }

  init(view: WorldView, requester: SourceRequester, recorder: Recorder? = nil) {
    self.view = view
    self.requester = requester
    self.recorder = recorder
  }

  /// Calls a value.
  mutating func call(_ callee: Value, _ arguments: [Value]) throws(HostError) -> Value {
    try guarded { interpreter throws in
      interpreter.setArguments(arguments)
      if let result = try interpreter.invoke(callee) { return result }
      return try interpreter.run()
    }
  }

  /// Runs code that is not a method's.
  mutating func run(_ code: PreparedCode, _ arguments: [Value]) throws(HostError) -> Value {
    try guarded { interpreter throws in
      interpreter.setArguments(arguments)
      try interpreter.push(code)
      return try interpreter.run()
    }
  }

  private mutating func guarded(_ body: (inout Interpreter) throws -> Value) throws(HostError) -> Value {
    do { return try body(&self) } catch {
      var failure =
        error as? HostError
        ?? HostError(error as? RuntimeProblem ?? .generation(instance: frames.last?.code.frame.callee ?? "", error))
      let room = max(0, HostError.stackLimit - failure.stack.count)
      failure.stack += frames.suffix(room).reversed().map(\.code.frame)
      throw failure
    }
  }

  // MARK: Statements

  private mutating func run() throws -> Value {
    while true {
      let current = frames.count - 1
      let code = frames[current].code
      let base = frames[current].base
      var position = frames[current].position
      running: while true {
        switch code.steps[position] {
        case .move(let operand, let destination):
          store(try load(operand, base, code), destination, base)
        case .unary(let builtin, let operand, let destination):
          let result = try builtin.call(try load(operand, base, code), in: view)
          note(result)
          store(result, destination, base)
        case .binary(let builtin, let left, let right, let destination):
          let result = try builtin.call(try load(left, base, code), try load(right, base, code), in: view)
          note(result)
          store(result, destination, base)
        case .variadic(let builtin, let operands, let destination):
          try loadArguments(operands, base, code)
          frames[current].position = position + 1
          frames[current].destination = destination
          guard let result = try invoke(builtin) else { break running }
          store(result, destination, base)
        case .call(let site, let destination):
          let callee = try load(site.callee, base, code)
          try loadArguments(site.arguments, base, code)
          frames[current].position = position + 1
          frames[current].destination = destination
          guard let result = try invoke(callee, from: site) else { break running }
          store(result, destination, base)
        case .jump(let target):
          position = target
          continue running
        case .jumpUnless(let condition, let target):
          let value = try load(condition, base, code)
          guard case .bool(let holds) = value else { throw RuntimeProblem.notBool(type: value.type.description) }
          if !holds {
            position = target
            continue running
          }
        case .finish(let operand):
          let result = try load(operand, base, code)
          for register in base..<top { registers[register] = nil }
          top = base
          frames.removeLast()
          guard let caller = frames.last else { return result }
          store(result, caller.destination, caller.base)
          break running
        }
        position += 1
      }
    }
  }

  private func load(_ operand: PreparedOperand, _ base: Int, _ code: PreparedCode) throws -> Value {
    if operand.number >= 0 {
      if let value = registers[base + operand.number] { return value }
      throw RuntimeProblem.unassigned(slot: code.name(ofRegister: operand.number))
    }
    let position = -1 - operand.number
    if let recorder { for name in code.constants[position].names { recorder.note(binding: name) } }
    if let value = code.constants[position].value { return value }
    throw code.constants[position].problem ?? .unbound(name: "")
  }

  private mutating func store(_ value: Value, _ destination: Destination, _ base: Int) {
    if destination.slot >= 0 { registers[base + Int(destination.slot)] = value }
    registers[base + Int(destination.register)] = value
  }

  /// A type that a generator gets from a builtin: what it does with it depends on the type's declaration.
  private func note(_ result: Value) {
    if let recorder, case .type(let type) = result { recorder.note(declarationsOf: type) }
  }

  // MARK: Arguments

  /// Puts the arguments of a call where its frame will have them.
  private mutating func loadArguments(_ operands: [PreparedOperand], _ base: Int, _ code: PreparedCode) throws {
    reserve(operands.count)
    for (position, operand) in operands.enumerated() { registers[top + position] = try load(operand, base, code) }
    argumentCount = operands.count
  }

  private mutating func setArguments(_ values: [Value]) {
    reserve(values.count)
    for (position, value) in values.enumerated() { registers[top + position] = value }
    argumentCount = values.count
  }

  private mutating func takeArguments() -> [Value] {
    defer { argumentCount = 0 }
    return takeArguments(from: 0)
  }

  private mutating func takeArguments(from first: Int) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(argumentCount - first)
    for register in top + first..<top + argumentCount {
      if let value = registers[register].take() { values.append(value) }
    }
    return values
  }

  private mutating func insertArgument(_ value: Value) {
    reserve(argumentCount + 1)
    for register in (top..<top + argumentCount).reversed() { registers.swapAt(register, register + 1) }
    registers[top] = value
    argumentCount += 1
  }

  private mutating func reserve(_ count: Int) {
    while registers.count < top + count { registers.append(nil) }
  }

  // MARK: Calls

  /// Calls a value with the arguments that were put in place: gives the result, or `nil` if a frame was pushed that
  /// will.
  private mutating func invoke(_ callee: Value, from site: CallSite? = nil) throws -> Value? {
    if case .builtin(let builtin) = callee { return try invoke(builtin) }
    let target = try target(callee.type, from: site)
    if let recorder, let dispatch = target.dispatch { recorder.note(dispatch) }
    if target.passesCallee { insertArgument(callee) }
    switch target.action {
    case .run(let code): try push(code)
    case .generate(let generated): try push(try code(of: generated))
    case .construct(let type): return try .construct(type, takeArguments(), in: view)
    case .fail(let problem): throw problem
    }
    return nil
  }

  private func target(_ callee: ResolvedType, from site: CallSite?) throws -> CallTarget {
    if let last = site?.last.withLock({ $0 }), last.callee === callee, hasArguments(of: last.types) {
      return last.target
    }
    let types = registers[top..<top + argumentCount].map { $0?.type ?? .nothing }
    let target = try view.target(callee: callee, arguments: types)
    site?.last.withLock { $0 = CallSite.Last(callee: callee, types: types, target: target) }
    return target
  }

  private func hasArguments(of types: [ResolvedType]) -> Bool {
    guard types.count == argumentCount else { return false }
    for position in 0..<argumentCount where registers[top + position]?.type !== types[position] { return false }
    return true
  }

  private mutating func invoke(_ builtin: Builtin) throws -> Value? {
    let arguments = takeArguments()
    try builtin.checkCount(arguments.count)
    switch builtin {
    case .apply:
      var all: [Value] = []
      for (position, part) in arguments.enumerated().dropFirst() {
        switch part {
        case .tuple(let tuple): all += tuple.elements
        case .array(let array): all += array.snapshot
        default: throw builtin.wrongArgument(position + 1, part, "a tuple or array")
        }
        guard all.count <= Interpreter.argumentLimit else {
          throw RuntimeProblem.tooLarge(what: "argument list", limit: Interpreter.argumentLimit)
        }
      }
      setArguments(all)
      return try invoke(arguments[0])
    case .print, .printLine:
      view.output(try Builtin.concatenate(arguments) + (builtin == .printLine ? "\n" : ""))
      return .nothing
    default:
      let result = try builtin.call(arguments, in: view)
      note(result)
      return result
    }
  }

  private mutating func push(_ code: PreparedCode) throws {
    guard frames.count < Interpreter.depthLimit, top + code.registerCount <= Interpreter.registerLimit else {
      throw RuntimeProblem.recursionTooDeep(limit: Interpreter.depthLimit)
    }
    let least = code.isVararg ? code.argumentCount - 1 : code.argumentCount
    guard argumentCount >= least, code.isVararg || argumentCount == least else {
      throw RuntimeProblem.wrongArgumentCount(
        callee: code.frame.callee, found: argumentCount, least: least, most: code.isVararg ? nil : least)
    }
    reserve(max(code.registerCount, argumentCount))
    if code.isVararg { registers[top + least] = try .tuple(of: takeArguments(from: least)) }
    frames.append(Frame(code: code, base: top, position: 0, destination: Destination(register: 0, slot: -1)))
    top += code.registerCount
    argumentCount = 0
  }

  /// The source of a generated function's instance, ready to run. A generator asks the session at its first call, for
  /// the source is an edge then; otherwise it is asked once in each world.
  private func code(of generated: GeneratedCode) throws -> PreparedCode {
    let isNew = recorder?.isFirstRequest(of: generated) ?? false
    if !isNew, let known = generated.prepared.withLock({ $0 }) { return known }
    let code: PreparedCode
    do {
      code = try generated.code(from: requester, in: view)
    } catch let failure as HostError {
      throw failure
    } catch let problem as RuntimeProblem {
      throw problem
    } catch {
      throw RuntimeProblem.generation(instance: generated.specialization, error)
    }
    generated.prepared.withLock { $0 = code }
    return code
  }
}

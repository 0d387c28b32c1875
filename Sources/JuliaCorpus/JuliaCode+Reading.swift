import LoweredIR

/// Why a line is no entry of a corpus.
public enum CorpusProblem: Error, Hashable, Sendable {
  /// It is not JSON.
  case notJSON(offset: Int)
  /// A member is missing, or of another kind.
  case missing(String)
  /// A value is of no shape that is known.
  case unknownValue(String)
  /// The code would not be well formed.
  case invalidCode(InvalidCode)
}

// How Julia's code becomes ours. Everything has one place, so that different codes stay different:
//
//   SSAValue, SlotNumber, GotoNode, gotoifnot, return, x = …   as they are, counted from 0
//   call                                                        a call
//   any other Expr, newvar                                      a call of the global `%head`; no binding has such a name
//   GlobalRef                                                   a global, named with its module
//   nothing, Bool, Int64, Float64, String                       literals
//   a quoted symbol; a symbol that is not quoted                a symbol; a name as syntax
//   a type                                                      a type, if its text has our form; else one nominal type of this text
//   any other constant, an Expr inside of an Expr               syntax: a form named by its kind
//
// Names of slots that come again get a prime each, for ours differ.

extension JuliaCode {
  /// Reads a `CodeInfo` of the corpus.
  ///
  /// - Parameter method: The method of the instance. Inference takes the source for this one, and if the corpus says just that,
  ///   nothing is kept of it: our sources say it only of other methods.
  public init(_ info: JSONValue, method: JSONValue) throws(CorpusProblem) {
    let statements = try info.array("code")
    var slots: [String] = []
    for name in try info.array("slotnames") {
      var name = try name.as(\.text, "slotnames")
      while slots.contains(name) { name += "'" }
      slots.append(name)
    }
    // The callee and all arguments in one tuple: what a pass's generated source takes.
    let argumentCount = min(2, slots.count)
    var limit: String?
    if let other = info["limit_method"], other != method, other != .null { limit = try other.string("sig") }
    var lowered: [Statement] = []
    for statement in statements { lowered.append(try Statement(julia: statement)) }
    let code = LoweredCode(
      arguments: Array(slots[..<argumentCount]), isVararg: argumentCount == 2, locals: Array(slots[argumentCount...]),
      statements: lowered, methodForInferenceLimitHeuristics: limit)
    do throws(InvalidCode) { try code.validate() } catch { throw .invalidCode(error) }

    var table = JuliaTable()
    for line in try info.array("linetable") {
      guard let parts = line.elements, parts.count == 4 else { throw .missing("linetable") }
      table.lines.append(
        Line(
          method: try parts[0].as(\.text, "linetable"), file: try parts[1].as(\.text, "linetable"),
          line: try parts[2].unsigned("linetable"), inlinedAt: try parts[3].unsigned("linetable")))
    }
    for location in try info.array("codelocs") { table.locations.append(try location.unsigned("codelocs")) }
    let lineCount = table.lines.count
    guard table.locations.count == statements.count, table.locations.allSatisfy({ $0 <= lineCount }) else {
      throw .missing("codelocs")
    }
    for flags in try info.array("slotflags") { table.slotFlags.append(try flags.unsigned("slotflags")) }
    guard table.slotFlags.count == slots.count else { throw .missing("slotflags") }
    for (bit, name) in ["inlineable", "propagate_inbounds", "pure"].enumerated() where info[name] == .bool(true) {
      table.flags |= 1 << UInt64(bit)
    }
    self.init(code: code, table: table)
  }
}

extension Statement {
  init(julia value: JSONValue) throws(CorpusProblem) {
    if let target = value["goto"] {
      self = .goto(try target.index("goto"))
    } else if let head = value["h"]?.text {
      let parts = try value.array("a")
      switch (head, parts.count) {
      case ("return", 1): self = .return(try Operand(julia: parts[0]))
      case ("gotoifnot", 2): self = .gotoIfNot(try Operand(julia: parts[0]), try parts[1].index("gotoifnot"))
      case ("=", 2) where parts[0]["slot"] != nil:
        self = .assign(slot: try parts[0].member("slot").index("slot"), try Expression(julia: parts[1]))
      default: self = .value(try Expression(julia: value))
      }
    } else {
      self = .value(try Expression(julia: value))
    }
  }
}

extension Expression {
  init(julia value: JSONValue) throws(CorpusProblem) {
    if let slot = value["newvar"] {
      self = .call(.global("%newvar"), [.slot(try slot.index("newvar"))])
    } else if let head = value["h"]?.text {
      var operands: [Operand] = []
      for part in try value.array("a") { operands.append(try Operand(julia: part)) }
      if head == "call", let callee = operands.first {
        self = .call(callee, Array(operands.dropFirst()))
      } else {
        self = .call(.global("%" + head), operands)
      }
    } else {
      self = .operand(try Operand(julia: value))
    }
  }
}

extension Operand {
  init(julia value: JSONValue) throws(CorpusProblem) {
    if let number = value["ssa"] {
      self = .ssa(try number.index("ssa"))
    } else if let number = value["slot"] {
      self = .slot(try number.index("slot"))
    } else if let name = value["g"]?.text {
      self = .global(name)
    } else {
      self = .literal(try Literal(julia: value))
    }
  }
}

extension Literal {
  init(julia value: JSONValue) throws(CorpusProblem) {
    switch value {
    case .null: self = .nothing
    case .bool(let value): self = .bool(value)
    case .text(let text): self = .string(text)
    case .number: self = .int(try value.as(\.integer, "Int64"))
    case .array(let elements): self = .syntax(try Syntax(form: "array", elements))
    case .object:
      if let symbol = value["q"]?["sym"]?.text {
        self = .symbol(symbol)
      } else if let type = value["t"]?.text {
        let parsed = try? TypeExpression(parsing: type, file: "corpus")
        self = .type(parsed?.description == type ? parsed ?? .named(type) : .named(type))
      } else if let digits = value["f64"]?.text, let bits = UInt64(digits, radix: 16) {
        self = .float(bits: bits)
      } else {
        self = .syntax(try Syntax(julia: value))
      }
    }
  }
}

extension Syntax {
  init(julia value: JSONValue) throws(CorpusProblem) {
    guard case .object(let members) = value else {
      self = .literal(try Literal(julia: value))
      return
    }
    if let symbol = value["sym"]?.text {
      self = .name(symbol)
    } else if value["t"] != nil || value["f64"] != nil || value["q"]?["sym"] != nil {
      self = .literal(try Literal(julia: value))
    } else if let head = value["h"]?.text {
      self = try Syntax(form: head, try value.array("a"))
    } else if let type = value["i"]?.text {
      self = .form(type, [.literal(.string(try value.string("v")))])
    } else if let type = value["o"]?.text {
      self = .form(type, [.literal(.string(try value.string("r")))])
    } else if members.count == 1, let (kind, content) = members.first {
      self = try Syntax(form: "%" + kind, content.elements ?? [content])
    } else {
      throw .unknownValue(members.keys.sorted().joined(separator: " "))
    }
  }

  init(form head: String, _ parts: [JSONValue]) throws(CorpusProblem) {
    var syntax: [Syntax] = []
    for part in parts { syntax.append(try Syntax(julia: part)) }
    self = .form(head, syntax)
  }
}

extension JSONValue {
  func member(_ name: String) throws(CorpusProblem) -> JSONValue {
    guard let value = self[name] else { throw .missing(name) }
    return value
  }

  func string(_ name: String) throws(CorpusProblem) -> String { try member(name).as(\.text, name) }

  func array(_ name: String) throws(CorpusProblem) -> [JSONValue] { try member(name).as(\.elements, name) }

  /// What `property` says, which must not be nothing.
  func `as`<Value>(_ property: (JSONValue) -> Value?, _ name: String) throws(CorpusProblem) -> Value {
    guard let value = property(self) else { throw .missing(name) }
    return value
  }

  func unsigned(_ name: String) throws(CorpusProblem) -> UInt64 {
    guard let number = integer, number >= 0 else { throw .missing(name) }
    return UInt64(number)
  }

  /// A number that Julia counts from 1.
  func index(_ name: String) throws(CorpusProblem) -> Int {
    guard let number = integer, number > 0 else { throw .missing(name) }
    return Int(number - 1)
  }
}

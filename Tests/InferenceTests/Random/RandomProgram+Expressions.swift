extension RandomProgram {
  /// A type as it is written.
  mutating func type() -> String { random.pick(RandomProgram.types) }

  static let types = [
    "Any", "Any", "Int64", "Int64", "Float64", "Number", "Real", "Bool", "String", "Symbol", "Nothing", "Type",
    "Function",
    "Type{Int64}", "Type{B1}", "Tuple", "Tuple{}", "Tuple{Int64, Any}", "Tuple{Int64...}", "Tuple{Any, Any...}",
    "Tuple{Number}", "Tuple{Union{Int64, Nothing}, Any}", "Union{Int64, Nothing}", "Union{Int64, Float64, String}",
    "Union{Tuple{Int64}, Tuple{Float64, Any}}", "Union{Int64, Float64, Bool, String, Symbol, Nothing}", "Array",
    "Array{Int64}", "Array{Any}", "A0", "P0", "P1", "P2", "B1", "B1{Int64}", "B1{Any}", "B2", "B2{Int64, Float64}",
    "B1{B1{Int64}}", "V{1}", "V", "Call", "typeof(f1)", "typeof(tuple)", "Union{B1{Int64}, P0}", "Table{T1}",
    "Union{typeof(f1), typeof(f2)}", "Union{P0, P1, Call}", "Tuple{Type{Int64}}", "Union{Type{Int64}, Type{Float64}}",
  ]

  /// The value of a constant.
  mutating func constant() -> String {
    random.pick([
      "1", "2.5", "\"text\"", "nothing", "[1, 2]", "(1, [2.0])", "Int64", "B1(1)", "B1([1])", "P0()", ":s", "tuple_get",
      "Call(1)", "(1, (2, nothing))", "true", "vector()", "array_new(Number, 2, 1)", "Union{Int64, Nothing}", "P1",
      "_apply", "V{2}()", "tuple", "[[1], [2]]",
    ])
  }

  private mutating func maybe(_ kind: Kind) -> Kind { random.oneIn(40) ? random.pick(Kind.allCases) : kind }

  /// An expression that probably gives a value of a kind.
  mutating func expression(_ wanted: Kind, _ depth: Int) -> String {
    let kind = maybe(wanted)
    let known = scope.filter { $0.kind == kind || kind == .any || random.oneIn(30) }
    if !known.isEmpty, random.oneIn(depth <= 0 ? 2 : 3) { return random.pick(known).name }
    if depth <= 0 { return leaf(kind) }
    if random.oneIn(12) {
      return "(\(condition()) ? \(expression(kind, depth - 1)) : \(expression(kind, depth - 1)))"
    }
    if random.oneIn(25) {
      let name = random.pick(["v1", "v2", "x"])
      let value = expression(kind, depth - 1)
      scope.append((name, kind))
      return "(\(name) = \(value))"
    }
    switch kind {
    case .int: return int(depth - 1)
    case .float:
      let one = expression(.float, depth - 1)
      return random.pick([
        "add_float(\(one), 0.5)", "float_of_int(\(expression(.int, depth - 1)))", "neg_float(\(one))",
      ])
    case .bool: return condition(depth - 1)
    case .string: return random.oneIn(2) ? leaf(.string) : "string(\(expression(.int, depth - 1)), \"s\")"
    case .symbol: return random.oneIn(2) ? leaf(.symbol) : "type_name(\(expression(.type, depth - 1)))"
    case .none: return leaf(.none)
    case .type: return typeExpression(depth - 1)
    case .tuple: return tuple(depth - 1)
    case .array: return array(depth - 1)
    case .structure: return structure(depth - 1)
    case .function: return function(depth - 1)
    case .any: return anything(depth - 1)
    }
  }

  private mutating func leaf(_ kind: Kind) -> String {
    switch kind {
    case .int: random.pick(["0", "1", "2", "3", "-1", "7"])
    case .float: random.pick(["0.0", "1.5", "-2.25"])
    case .bool: random.pick(["true", "false"])
    case .string: random.pick(["\"\"", "\"ab\""])
    case .symbol: random.pick([":a", ":v", ":x"])
    case .none: "nothing"
    case .type: type()
    case .tuple: random.pick(["()", "(1, 2.5)", "(1,)", "(nothing, 1)", "(Int64, 1)"])
    case .array: random.pick(["vector()", "[1, 2]", "[1, nothing]", "[1.5]"])
    case .structure: random.pick(["P0()", "B1(1)", "B1(P0())", "P1(1)", "V{1}()", "B2(1, 2.5)", "Call(0)"])
    case .function: random.pick(["f1", "f2", "tuple", "vector", "B2", "f1", "f2", "toint"])
    case .any: random.pick(["c1", "c2", "c3", "c4", "c5", "1", "nothing"])
    }
  }

  private mutating func int(_ depth: Int) -> String {
    switch random.below(13) {
    case 0, 1: return "add_int(\(expression(.int, depth)), \(expression(.int, depth)))"
    case 2: return "sub_int(\(expression(.int, depth)), 1)"
    case 3: return "mul_int(2, \(expression(.int, depth)))"
    case 4, 5: return "toint(\(expression(.any, depth)))"
    case 6: return "array_length(\(expression(.array, depth)))"
    case 7: return "tuple_length(\(expression(.tuple, depth)))"
    case 8: return "nfields(\(expression(.any, depth)))"
    case 9: return "fieldcount(typeof(\(expression(.any, depth))))"
    case 10: return "div_int(\(expression(.int, depth)), \(random.oneIn(8) ? "0" : "2"))"
    case 11: return "type_parameter_count(\(expression(.type, depth)))"
    default: return "length_string(\(expression(.string, depth)))"
    }
  }

  /// A condition, often a test of what a name holds.
  mutating func condition(_ depth: Int = 1) -> String {
    let name = scope.isEmpty || random.oneIn(6) ? expression(.any, depth) : random.pick(scope).name
    switch random.below(14) {
    case 0...4: return "isa(\(name), \(random.oneIn(6) ? expression(.type, depth) : type()))"
    case 5: return "(\(name) === nothing)"
    case 6: return "(\(name) !== nothing)"
    case 7: return "(\(name) === \(expression(.any, depth)))"
    case 8: return "(\(name) !== \(random.pick(["1", "Int64", "f1", "c1", "P0()", "T1", "()"])))"
    case 9: return "lt_int(\(expression(.int, depth)), \(expression(.int, depth)))"
    case 10: return "<:(typeof(\(name)), \(type()))"
    case 11: return "not_bool(\(depth > 0 ? condition(depth - 1) : "true"))"
    case 12 where depth > 0: return "(\(condition(depth - 1)) \(random.pick(["&&", "||"])) \(condition(depth - 1)))"
    default: return leaf(.bool)
    }
  }

  private mutating func typeExpression(_ depth: Int) -> String {
    switch random.below(9) {
    case 0, 1: return type()
    case 2, 3: return "typeof(\(expression(.any, depth)))"
    case 4: return "apply_type(\(random.pick(["B1", "Array", "Tuple", "V", "Type"])), \(expression(.type, depth)))"
    case 5: return "apply_type(V, \(expression(.int, depth)))"
    case 6: return "eltype_array(\(expression(.array, depth)))"
    case 7: return "fieldtype(typeof(\(expression(.structure, depth))), 1)"
    default: return "type_parameter(typeof(\(expression(.structure, depth))), 1)"
    }
  }

  private mutating func tuple(_ depth: Int) -> String {
    switch random.below(8) {
    case 0...2: return "(\(expression(.any, depth)), \(expression(.any, depth)))"
    case 3: return "(\(expression(.any, depth)),)"
    case 4: return "_apply(tuple, \(expression(.tuple, depth)), \(expression(random.pick([.tuple, .array]), depth)))"
    case 5: return "totuple(\(expression(.any, depth)))"
    case 6: return "(\(expression(.int, depth)), \(expression(.tuple, depth))...)"
    default: return leaf(.tuple)
    }
  }

  private mutating func array(_ depth: Int) -> String {
    switch random.below(7) {
    case 0, 1: return "[\(expression(.any, depth)), \(expression(.any, depth))]"
    case 2: return "array_new(\(type()), \(random.below(3)), \(expression(.any, depth)))"
    case 3: return "array_push!(\(expression(.array, depth)), \(expression(.any, depth)))"
    case 4: return "_apply(vector, \(expression(.tuple, depth)))"
    case 5: return "toarray(\(expression(.any, depth)))"
    default: return leaf(.array)
    }
  }

  private mutating func structure(_ depth: Int) -> String {
    switch random.below(10) {
    case 0, 1: return "B1(\(expression(.any, depth)))"
    case 2: return "B2(\(expression(.any, depth)), \(expression(.any, depth)))"
    case 3: return "P1(\(expression(.any, depth)))"
    case 4: return "P2(\(expression(.int, depth)), \(random.pick(["1", "nothing"])))"
    case 5: return "Call(\(expression(.function, depth)))"
    case 6: return "apply_type(V, \(expression(.int, depth)))()"
    case 7: return "\(random.pick(["B1{Int64}", "B1{Any}", "B1{Number}"]))(\(expression(.int, depth)))"
    case 8: return "apply_type(B1, typeof(\(expression(.any, depth))))(\(expression(.any, depth)))"
    default: return leaf(.structure)
    }
  }

  private mutating func function(_ depth: Int) -> String {
    switch random.below(5) {
    case 0: return "Call(\(expression(.function, depth)))"
    case 1: return "function_instance(typeof(\(random.pick(functions).name)))"
    case 2: return "(\(condition(depth)) ? \(random.pick(functions).name) : \(expression(.function, depth)))"
    default: return random.pick(functions).name
    }
  }

  private mutating func anything(_ depth: Int) -> String {
    switch random.below(22) {
    case 0..<6: return call(depth)
    case 6: return "getfield(\(expression(.structure, depth)), \(random.pick(["1", "2", ":v", ":x", ":a"])))"
    case 7, 8: return "tuple_get(\(expression(.tuple, depth)), \(random.oneIn(2) ? "1" : expression(.int, depth)))"
    case 9: return "array_get(\(expression(.array, depth)), 1)"
    case 10: return "array_set!(\(expression(.array, depth)), 1, \(expression(.any, depth)))"
    case 11: return "_apply(\(expression(.function, depth)), (1,), \(expression(.tuple, depth)))"
    case 12: return "\(expression(.function, 0))(1, \(expression(.any, depth)))"
    case 13, 14: return "overdub(\(random.pick(["T1", "T2"])), \(callee(depth)), 1, \(expression(.any, depth)))"
    case 15: return "overdub(T1, overdub, T2, \(callee(depth)), 1, \(expression(.any, depth)))"
    case 16, 17, 18: return "\(random.pick(generated).name)(\(expression(.any, depth)), \(random.below(4)))"
    case 19 where random.oneIn(6): return "error(\(expression(.any, depth)))"
    default: return expression(random.pick(Kind.allCases.dropLast()), depth)
    }
  }

  private mutating func callee(_ depth: Int) -> String {
    random.pick([random.pick(functions).name, random.pick(generated).name, "tuple", "B1", expression(.function, depth)])
  }

  private mutating func call(_ depth: Int) -> String {
    let position = random.below(functions.count)
    let (name, argument) = (functions[position].name, expression(.any, depth))
    if position > current || random.oneIn(12) {
      if random.oneIn(20) { return "\(name)(\(argument))" }
      return "\(name)(\(random.below(4)), \(argument)\(random.oneIn(12) ? ", 1.5" : ""))"
    }
    guard scope.contains(where: { $0.name == "n" }) else { return "\(name)(\(random.below(4)), \(argument))" }
    return "(isa(n, Int64) && lt_int(0, n) ? \(name)(sub_int(n, 1), \(argument)) : \(expression(.any, depth)))"
  }
}

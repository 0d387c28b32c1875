import LoweredIR

/// A reproducible sequence (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  /// True once in so many times.
  mutating func oneIn(_ bound: Int) -> Bool { below(bound) == 0 }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}

/// Writes programs that are as nasty as the language allows, over the ``RandomProgram/prelude``. Most of their calls return, and
/// all end: each method and each round of a loop burns fuel, whose end is an error.
struct RandomProgram {
  var random: SeededGenerator
  /// The functions that can be called with how many arguments; the first is a count of the recursion that is left.
  let functions: [(name: String, arity: Int)]
  /// The generated functions.
  let generated: [(name: String, arity: Int)]
  /// What the names in sight probably hold.
  var scope: [(name: String, kind: Kind)] = []
  /// The function that is written, counted in `functions`; calls of later ones need no guard.
  var current = 0
  var depth = 0

  /// What an expression is meant to give; now and then it gives something else.
  enum Kind: CaseIterable {
    case int, float, bool, string, symbol, none, type, tuple, array, structure, function, any
  }

  init(seed: UInt64) {
    random = SeededGenerator(state: seed &* 0x2545_f491_4f6c_dd1d)
    functions = (1...random.below(3) + 2).map { ("f\($0)", 2) }
    generated = (1...random.below(2) + 1).map { ("g\($0)", 2) }
  }

  /// The definitions, one text for each.
  mutating func definitions() -> [String] {
    var all: [String] = []
    for number in 1...5 { all.append("const c\(number) = \(constant())") }
    for position in functions.indices {
      for _ in 0..<random.below(3) { all.append(method(of: position)) }
      all.append(method(of: position, parameters: fallback()))
    }
    for function in generated { all += generatedMethods(of: function.name) }
    for table in ["T1", "T2"] {
      for _ in 0..<random.below(2) { all.append("overlay \(table) " + method(of: random.below(functions.count))) }
    }
    for callable in ["Call", "B1"] where random.oneIn(2) {
      all.append(method(named: "function (s::\(callable))", [("n", random.oneIn(2) ? "Int64" : "Any"), ("x", "Any")]))
    }
    if random.oneIn(3) {
      all.append(method(named: "function P1", [("x", random.pick(["Float64", "String", "Tuple"]))]))
    }
    all.append(method(named: "function main", []))
    scope = []
    for number in 0..<RandomProgram.argumentCount {
      all.append("a\(number)() = \(expression(random.pick(Kind.allCases), 2))")
    }
    return all
  }

  /// How many functions without arguments there are, `a0` and so on, whose values are arguments for calls from outside.
  static let argumentCount = 4

  // MARK: Methods

  private mutating func fallback() -> [(String, String)] {
    random.oneIn(3) ? [("n", "Any"), ("x", "Any...")] : [("n", random.oneIn(2) ? "Int64" : "Any"), ("x", "Any")]
  }

  mutating func method(of position: Int, parameters: [(String, String)]? = nil) -> String {
    current = position
    var parameters = parameters ?? [("n", random.pick(["Int64", "Int64", "Any", "Real"])), ("x", type())]
    if parameters.count == 2, random.oneIn(6) { parameters[1].1 = type() + "..." }
    return method(named: "function " + functions[position].name, parameters)
  }

  private mutating func method(named name: String, _ parameters: [(name: String, type: String)]) -> String {
    scope = parameters.map { ($0.name, RandomProgram.kind(of: $0.type)) }
    if name.contains("(s::") { scope.append(("s", .structure)) }
    depth = 0
    let list = parameters.map { "\($0.name)::\($0.type)" }.joined(separator: ", ")
    let body = block(size: random.below(4)) + ["return \(expression(.any, random.below(3) + 1))"]
    return (["\(name)(\(list))", "  burn()"] + body.map { "  " + $0 } + ["end"]).joined(separator: "\n")
  }

  private static func kind(of type: String) -> Kind {
    switch type {
    case "Int64": .int
    case "Float64": .float
    case "Bool": .bool
    case "String": .string
    case "Symbol": .symbol
    case "Nothing": .none
    case "Function": .function
    case _ where type.hasSuffix("...") || type.hasPrefix("Tuple"): .tuple
    case _ where type.hasPrefix("Type"): .type
    case _ where type.hasPrefix("Array"): .array
    case "P0", "P1", "P2", "A0", "B1", "B1{Int64}", "B2", "Call": .structure
    default: .any
    }
  }

  // MARK: Statements

  mutating func block(size: Int) -> [String] { (0..<size).flatMap { _ in statement() } }

  private mutating func statement() -> [String] {
    depth += 1
    defer { depth -= 1 }
    let choice = random.below(depth > 3 ? 7 : 15)
    switch choice {
    case 0..<6:
      let kind = random.pick(Kind.allCases)
      let name = random.pick(["n", "x", "v1", "v2", "v3", "v4"])
      let text = "\(name) = \(expression(kind, 2))"
      scope.append((name, kind))
      return [text]
    case 6: return [expression(.any, 2)]
    case 7, 8, 9, 10:
      let kept = scope
      var lines = ["if \(condition())"] + indented(block(size: 1 + random.below(2)))
      scope = kept
      if random.oneIn(6) { lines.append("  return \(expression(.any, 2))") }
      if !random.oneIn(3) {
        lines += ["else"] + indented(block(size: 1 + random.below(2)))
        scope = kept
      }
      return lines + ["end"]
    case 11, 12:
      let counter = "i\(depth)"
      let kept = scope
      scope.append((counter, .int))
      var body = block(size: 1 + random.below(3))
      if random.oneIn(4) { body.append("\(condition()) && \(random.pick(["break", "continue"]))") }
      scope = kept
      return [
        "\(counter) = 0", "while lt_int(\(counter), \(random.pick([1, 2, 3, 5])))", "  burn()",
        "  \(counter) = add_int(\(counter), 1)",
      ] + indented(body) + ["end"]
    case 13:
      let name = "e\(depth)"
      let kept = scope
      let iterated = expression(random.pick([.tuple, .array]), 2)
      scope.append((name, .any))
      let body = block(size: 1 + random.below(2))
      scope = kept
      return ["for \(name) in \(iterated)", "  burn()"] + indented(body) + ["end"]
    default: return ["\(condition()) && return \(expression(.any, 2))"]
    }
  }

  private func indented(_ lines: [String]) -> [String] { lines.map { "  " + $0 } }
}

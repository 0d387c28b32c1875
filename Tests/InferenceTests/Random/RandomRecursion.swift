/// Writes functions of a count and a value that call each other in all ways: cycles within cycles, where the count
/// decides which way is gone. Every call with a small count ends.
struct RandomRecursion {
  private var random: SeededGenerator
  /// How many functions there are: `f0` and so on, each `(Int64, Any)`.
  let count: Int

  init(seed: UInt64) {
    random = SeededGenerator(state: seed &* 0x9e37_79b9_97f4_a7c1)
    count = 2 + random.below(7)
  }

  /// The definitions.
  mutating func definitions() -> String {
    (0..<count).map { number in
      var lines = ["function f\(number)(n::Int64, x)", "  lt_int(n, 1) && return \(leaf("x"))"]
      for line in 0...random.below(3) {
        let name = "v\(line)"
        lines.append("  \(name) = \(call(line))")
        switch random.below(5) {
        case 0: lines.append("  isa(\(name), \(type())) && return \(leaf(name))")
        case 1: lines.append("  eq_int(rem_int(n, \(2 + random.below(2))), \(random.below(2))) && return \(leaf(name))")
        case 2: lines.append("  \(name) === nothing && return \(call(line + 1))")
        default: break
        }
      }
      if random.oneIn(2) {
        let (first, second) = (call(1), call(1))
        lines.append("  return eq_int(rem_int(n, 3), \(random.below(3))) ? \(first) : \(second)")
      } else {
        lines.append("  return \(leaf("v0"))")
      }
      return (lines + ["end"]).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private mutating func call(_ known: Int) -> String {
    let value = known > 0 && random.oneIn(2) ? "v\(random.below(min(known, 1)))" : "x"
    let argument = random.oneIn(3) ? leaf(value) : random.oneIn(2) ? value : "0"
    return "f\(random.below(count))(sub_int(n, 1), \(argument))"
  }

  private mutating func type() -> String {
    random.pick(["Int64", "Float64", "String", "Nothing", "Tuple", "B1", "Union{Int64, Symbol}"])
  }

  private mutating func leaf(_ value: String) -> String {
    random.pick([
      "1", "2.5", "\"s\"", "nothing", ":a", value, value, value, "(\(value),)", "(\(value), 1)", "B1(\(value))", "true",
      "[\(value)]", "typeof(\(value))",
    ])
  }
}

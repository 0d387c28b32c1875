extension RandomProgram {
  /// The methods of a generated function of two arguments.
  mutating func generatedMethods(of name: String) -> [String] {
    let isCached = random.oneIn(2)
    return (0...random.below(2)).map { number in
      let parameters = number == 0 ? random.pick(["x, n", "x, n", "x...", "x, n::Int64"]) : "x::\(type()), n::Int64"
      scope = []
      current = functions.count - 1
      let isVararg = parameters == "x..."
      let lines = isVararg ? varargGenerator() : generator(name)
      let kind = isCached || random.oneIn(4) ? "cached generated" : "generated"
      return (["\(kind) function \(name)(\(parameters))"] + lines.map { "  " + $0 } + ["end"]).joined(separator: "\n")
    }
  }

  private mutating func generator(_ name: String) -> [String] {
    switch random.below(14) {
    case 0: return [":(\(emitted()))"]
    case 1: return ["x === \(type()) ? :(\(emitted())) : :(\(emitted()))"]
    case 2:
      return [
        "if x <: Number", "  :(\(emitted()))", "elseif x <: Tuple", "  error(\"no tuples\")", "else",
        "  :(\(emitted()))", "end",
      ]
    case 3: return [":(lt_int(0, n) ? \(name)((x, n), sub_int(n, 1)) : x)"]
    case 4: return ["x"]
    case 5: return [random.oneIn(3) ? "(x, 1)" : ":a"]
    case 6: return ["\(random.pick(functions).name)(1, x)"]
    case 7: return ["k = tuple_type_length(apply_type(Tuple, x, Int64))", ":(tuple($k, x, $(type_name(x))))"]
    case 8:
      return [
        ":((burn() !== nothing && lt_int(0, n)) ? \(name)($x, sub_int(n, 1)) : \(random.pick(generated).name)(1, 0))"
      ]
    case 9: return ["y = \(random.pick(generated).name)(1, 0)", ":(tuple($(isa(y, Int64)), (\(emitted()))))"]
    case 10:
      return [":(lt_int(0, n) ? overdub(T1, \(random.pick(functions).name), sub_int(n, 1), x) : \(emitted()))"]
    default: return [":(\(emitted()))"]
    }
  }

  private mutating func varargGenerator() -> [String] {
    switch random.below(4) {
    case 0: return ["_syntax(:call, :tuple, tuple_length(x), :x)"]
    case 1: return [":(tuple_get(x, 1))"]
    case 2: return ["tuple_length(x) === 2 ? :(_apply(\(random.pick(functions).name), (1,), x)) : :(x)"]
    default: return [":(isa(tuple_get(x, 1), $(tuple_get(x, 1))) ? x : nothing)"]
    }
  }

  /// An expression over the arguments `x` and `n` without a `$`.
  private mutating func emitted() -> String {
    scope = [("x", .any), ("n", .int)]
    defer { scope = [] }
    return "begin burn(); \(expression(.any, 2)) end"
  }

  /// What every program begins with. `refuel` is called before each run.
  static let prelude = """
    const fuel = array_new(Int64, 1, 0)
    burn() = array_set!(fuel, 1, used(sub_int(array_get(fuel, 1), 1)))
    used(left) = lt_int(left, 0) ? error("no fuel") : left
    refuel() = array_set!(fuel, 1, 250)
    table T1
    table T2
    abstract A0
    struct P0 <: A0
    end
    struct P1
      x
    end
    struct P2 <: Number
      x::Int64
      y::Union{Int64, Nothing}
    end
    struct B1{T} <: A0
      v::T
    end
    struct B2{S, T}
      a::S
      b::T
    end
    struct V{N}
    end
    struct Call
      f
    end
    toint(x::Int64) = x
    toint(x::Float64) = 3
    toint(x::Union{Nothing, Bool}) = 1
    toint(x::Tuple) = tuple_length(x)
    toint(x) = 2
    totuple(x::Tuple) = x
    totuple(x::Array) = _apply(tuple, x)
    totuple(x) = (x,)
    toarray(x::Array) = x
    toarray(x) = [x]
    iterate(x::Tuple) = lt_int(0, tuple_length(x)) ? (tuple_get(x, 1), 1) : nothing
    iterate(x::Tuple, i) = lt_int(i, tuple_length(x)) ? (tuple_get(x, add_int(i, 1)), add_int(i, 1)) : nothing
    iterate(x::Array) = iterate(x, 0)
    iterate(x::Array, i) = lt_int(i, array_length(x)) ? (array_get(x, add_int(i, 1)), add_int(i, 1)) : nothing

    """
}

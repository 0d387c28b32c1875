import StagedHost
import Testing

@Suite("Builtins")
struct BuiltinTests {
  private static let program = """
    struct Point{T}
      x::T
      y
    end
    struct Count{N}
    end
    table Fast
    f(x) = x
    """

  @Test(
    "A call has its value",
    arguments: [
      ("add_int(9223372036854775807, 1)", "-9223372036854775808"), ("sub_int(1, 3)", "-2"), ("mul_int(3, -4)", "-12"),
      ("div_int(-7, 2)", "-3"), ("div_int(sub_int(-9223372036854775807, 1), -1)", "-9223372036854775808"),
      ("rem_int(-7, 2)", "-1"), ("rem_int(sub_int(-9223372036854775807, 1), -1)", "0"), ("neg_int(5)", "-5"),
      ("and_int(6, 3)", "2"), ("or_int(6, 3)", "7"), ("xor_int(6, 3)", "5"), ("shl_int(1, 62)", "4611686018427387904"),
      ("shl_int(1, 64)", "0"), ("shr_int(-8, 1)", "-4"), ("shr_int(-1, 100)", "-1"),
      ("(eq_int(1, 1), lt_int(1, 1), le_int(1, 1))", "(true, false, true)"),
      ("add_float(0.5, 0.25)", "0.75"), ("sub_float(0.5, 0.25)", "0.25"), ("mul_float(0.5, 4.0)", "2.0"),
      ("div_float(1.0, 0.0)", "inf"), ("neg_float(1.5)", "-1.5"),
      ("(eq_float(0.0, -0.0), lt_float(1.0, 2.0), le_float(2.0, 1.0))", "(true, true, false)"),
      ("(sqrt_float(9.0), floor_float(-1.5), trunc_float(-1.5), abs_float(-1.5))", "(3.0, -2.0, -1.0, 1.5)"),
      ("(round_float(2.5), round_float(3.5))", "(2.0, 4.0)"), ("float_of_int(3)", "3.0"), ("int_of_float(3.0)", "3"),
      ("bits_of_float(1.0)", "4607182418800017408"), ("float_of_bits(4607182418800017408)", "1.0"),
      ("not_bool(true)", "false"), ("((1, :a) === (1, :a), [1] === [1], 0.0 === -0.0)", "(true, false, false)"),
      ("1 !== 1.0", "true"), ("typeof((1, \"\", f))", "Tuple{Int64, String, typeof(f)}"),
      ("typeof(Fast)", "Table{Fast}"),
      ("(typeof(Int64), typeof([1]), typeof(:(x + 1)))", "(Type{Int64}, Array{Int64}, Syntax)"),
      ("(isa(1, Number), isa(1, String))", "(true, false)"), ("Int64 <: Number", "true"),
      ("(Point(1, 2).x, getfield(Point(1, 2), 2), getfield((1, 2), 2))", "(1, 2, 2)"),
      ("(nfields(Point(1, 2)), nfields((1, 2, 3)), nfields(1))", "(2, 3, 0)"),
      ("(fieldtype(Point{Int64}, 1), fieldtype(Point, 1), fieldtype(Tuple{Bool, Int64}, 2))", "(Int64, Any, Int64)"),
      ("(fieldcount(Point), fieldcount(Tuple{Bool}), fieldcount(Int64))", "(2, 1, 0)"), ("fieldname(Point, 2)", "y"),
      ("(type_parameter(Point{Int64}, 1), type_parameter(Count{3}, 1))", "(Int64, 3)"),
      ("(type_parameter_count(Point{Int64}), type_parameter_count(Point))", "(1, 0)"),
      ("type_parameter(typeof(Fast), 1)", "Fast"),
      ("(type_name(Point{Int64}), type_name(Tuple{}))", "(:Point, :Tuple)"),
      ("tuple_type_length(Tuple{Int64, Int64})", "2"),
      (
        "(apply_type(Point, Int64), apply_type(Count, 3), apply_type(Tuple, Int64, Bool))",
        "(Point{Int64}, Count{3}, Tuple{Int64, Bool})"
      ),
      ("(apply_type(Type, Int64), apply_type(Union, Int64, Bool))", "(Type{Int64}, Union{Bool, Int64})"),
      ("(function_instance(typeof(f))(1), function_instance(typeof(add_int))(1, 2))", "(1, 3)"),
      ("tuple(1, tuple())", "(1, ())"), ("(tuple_length((1, 2)), tuple_get((1, 2), 2))", "(2, 2)"),
      ("(eltype_array([1, 2]), eltype_array([1, :a]), eltype_array([]))", "(Int64, Any, Any)"),
      ("array_length(array_new(Int64, 3, 7))", "3"), ("array_get(array_new(Int64, 3, 7), 3)", "7"),
      ("begin a = [1, 2]; a[2] = 5; array_push!(a, 6); a end", "[1, 5, 6]"),
      ("string(1, \"a\", :b, 2.0, (\"c\",))", "1ab2.0(\"c\",)"), ("symbol(\"x\")", "x"),
      ("length_string(\"añb\")", "3"),
      ("_apply(tuple, (1,), [2], ())", "(1, 2)"), ("_syntax(:call, :f, 1, syntax_literal(:x))", "f(1, :x)"),
      ("begin x = :y; e = (1, 2); :(f($x, $(e...), $(1 + 1))) end", "f(y, 1, 2, 2)"), ("syntax_name(:x)", "x"),
    ])
  func value(expression: String, value: String) throws {
    let test = try TestHost(BuiltinTests.program)
    #expect(try test.evaluate(expression) == value)
  }

  @Test(
    "A wrong call is an error that says what is wrong",
    arguments: [
      ("add_int(1, 2.0)", "argument 2 of add_int must be Int64, but is Float64"),
      ("add_int(1)", "add_int takes 2 arguments, but got 1"), ("div_int(1, 0)", "integer division by zero"),
      ("rem_int(1, 0)", "integer division by zero"), ("int_of_float(0.5)", "0.5 is not an exact Int64"),
      ("int_of_float(1e30)", "1e+30 is not an exact Int64"),
      ("not_bool(1)", "argument 1 of not_bool must be Bool, but is Int64"),
      ("Point(1, 2).z", "Point{Int64} has no field z"), ("(1).x", "Int64 has no field x"),
      ("getfield((1,), 2)", "getfield: 2 is not an index of 1 to 1"),
      ("fieldtype(Point, 0)", "fieldtype: 0 is not an index of 1 to 2"),
      ("fieldname(Int64, 1)", "fieldname: 1 is not an index of 1 to 0"),
      ("type_parameter(Int64, 1)", "type_parameter: 1 is not an index of 1 to 0"),
      (
        "fieldcount(Tuple)",
        "argument 1 of fieldcount must be a type with a fixed number of fields, but is Type{Tuple{Any...}}"
      ),
      ("tuple_get((1,), 2)", "tuple_get: 2 is not an index of 1 to 1"),
      ("array_get([1], 0)", "array_get: 0 is not an index of 1 to 1"),
      ("array_set!([1], 2, 1)", "array_set!: 2 is not an index of 1 to 1"),
      ("array_set!([1], 1, :a)", "argument 3 of array_set! must be Int64, but is Symbol"),
      ("array_push!([1], :a)", "argument 2 of array_push! must be Int64, but is Symbol"),
      ("array_new(Int64, 1, :a)", "argument 3 of array_new must be Int64, but is Symbol"),
      ("array_new(Int64, -1, 0)", "array_new: -1 is not an index of 1 to 0"), ("error(\"a\", 1)", "a1"),
      ("throw(:x)", "x"),
      (
        "function_instance(Int64)", "argument 1 of function_instance must be the type of a function, but is Type{Int64}"
      ),
      ("apply_type(Point, Int64, Int64)", "Point takes 1 parameters, not 2"),
      ("Count()", "the parameter N of Count does not follow from its fields"),
      ("_syntax(:call, [1])", "argument 2 of _syntax must be a value that code can contain, but is Array{Int64}"),
      ("symbol(1)", "argument 1 of symbol must be String, but is Int64"),
    ])
  func fault(expression: String, problem: String) throws {
    let test = try TestHost(BuiltinTests.program)
    #expect(try test.problem(expression) == problem)
  }
}

import LoweredIR
import StagedHost
import Testing

@Suite("Types are interned and ordered by subtyping")
struct TypeTests {
  private static let program = """
    abstract Shape
    abstract Round <: Shape
    struct Circle <: Round
      r::Float64
    end
    struct Complex{T} <: Number
      re::T
      im::T
    end
    struct Node
      value::Int64
      next::Union{Node, Nothing}
    end
    table Fast
    f(x) = x
    """

  @Test(
    "A subtype holds",
    arguments: [
      ("Int64", "Integer"), ("Int64", "Number"), ("Float64", "AbstractFloat"), ("Bool", "Integer"), ("Int64", "Any"),
      ("Circle", "Shape"), ("Complex{Float64}", "Complex"), ("Complex{Float64}", "Number"), ("Complex", "Number"),
      ("Int64", "Union{Int64, String}"), ("Union{Int64, Bool}", "Integer"), ("Union{}", "Int64"),
      ("Tuple{Int64, Circle}", "Tuple{Number, Shape}"), ("Tuple{Int64, Int64}", "Tuple{Int64...}"),
      ("Tuple{}", "Tuple{Int64...}"), ("Tuple{Int64, Int64...}", "Tuple{Number...}"), ("Tuple{Int64}", "Tuple"),
      ("Type{Int64}", "Type"), ("typeof(f)", "Function"), ("typeof(add_int)", "Function"), ("Table{Fast}", "Table"),
      ("Array{Int64}", "Array"), ("Array{Int64}", "AbstractArray"),
      ("Union{Int64, Union{Bool, Int64}}", "Union{Bool, Int64}"),
    ])
  func holds(subtype: String, supertype: String) throws {
    let test = try TestHost(TypeTests.program)
    #expect(try test.type(subtype).isSubtype(of: test.type(supertype)))
  }

  @Test(
    "A subtype does not hold",
    arguments: [
      ("Number", "Int64"), ("Complex{Int64}", "Complex{Number}"), ("Complex", "Complex{Int64}"),
      ("Array{Int64}", "Array{Any}"), ("Tuple{Int64...}", "Tuple{Int64}"), ("Tuple{Int64, Int64}", "Tuple{Int64}"),
      ("Tuple{Int64...}", "Tuple{Int64, Int64...}"), ("Type{Int64}", "Type{Number}"),
      ("Union{Int64, String}", "Number"),
      ("Int64", "Union{}"), ("Shape", "Round"),
    ])
  func doesNotHold(subtype: String, supertype: String) throws {
    let test = try TestHost(TypeTests.program)
    #expect(try !test.type(subtype).isSubtype(of: test.type(supertype)))
  }

  @Test("The same type written twice is the same object, and its text reads back as itself")
  func interning() throws {
    let test = try TestHost(TypeTests.program)
    for text in [
      "Union{String, Int64}", "Tuple{Int64, Complex{Float64}...}", "Type{Union{Int64, Bool}}", "Table{Fast}",
    ] {
      let type = try test.type(text)
      #expect(try test.type(text) === type)
      #expect(try test.type(type.description) === type)
    }
    #expect(try test.type("Union{Int64, Bool}") === test.type("Union{Bool, Int64}"))
    #expect(try test.type("Union{Int64, Number}") === test.type("Number"))
  }

  @Test("A recursive struct refers to itself")
  func recursion() throws {
    let test = try TestHost(TypeTests.program)
    #expect(try test.evaluate("Node(1, Node(2, nothing)).next.value") == "2")
    #expect(try test.evaluate("fieldtype(Node, 2)") == "Union{Node, Nothing}")
  }

  @Test("A type that is unknown or has wrong parameters is an error that names it")
  func errors() throws {
    let test = try TestHost(TypeTests.program)
    #expect(try test.problem("Gone{Int64}") == "there is no type Gone")
    #expect(try test.problem("Complex{Int64, Int64}") == "Complex takes 1 parameters, not 2")
    #expect(throws: DefinitionError.self) { try test.load("g(x::Gone) = x") }
    #expect(throws: DefinitionError.self) { try test.load("struct Bad\n  x::Gone\nend") }
    #expect(throws: DefinitionError.self) { try test.load("abstract Bad <: Int64") }
    #expect(throws: DefinitionError.self) { try test.load("abstract Shape <: Round") }
    #expect(throws: DefinitionError.self) { try test.load("abstract Shape <: Shape") }
  }

  @Test("A type that grows without end is an error")
  func limits() throws {
    let test = try TestHost(
      """
      deep() = begin
        t = Int64
        while true
          t = apply_type(Array, t)
        end
      end
      wide() = begin
        t = (1,)
        while true
          t = (t, t)
        end
      end
      """)
    #expect(try test.problem("deep()").hasPrefix("type too large"))
    #expect(try test.problem("wide()").hasPrefix("type too large"))
  }
}

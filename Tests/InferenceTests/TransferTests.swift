import Inference
import Testing

@Test func `A field of a struct type without its parameters is any instance of what the parameters decide`() throws {
  let bench = try InferenceBench(
    """
    struct Box{T}
      items::Array{T}
      pair::Tuple{T, Array{T}}
      size::Int64
    end
    kind(x::Array{Int64}) = 1
    kind(x::Array{Any}) = "any"
    ask(b) = kind(getfield(b, :items))
    test(b) = isa(getfield(b, :pair), Tuple{Int64, Array{Int64}})
    size(b) = getfield(b, :size)
    items() = Box{Int64}(vector(1), (1, vector(1)), 1)
    """)
  #expect(try bench.infer("ask", "Box") == "Union{Int64, String}")
  #expect(try bench.infer("test", "Box") == "Bool")
  #expect(try bench.infer("size", "Box") == "Int64")
}

@Test func `What is known of a value that contains itself many times stays small`() throws {
  let nest = (0..<60).map { _ in "  x = P(x, x)\n" }.joined()
  let bench = try InferenceBench(
    "struct P\n  a\n  b\nend\n" + """
      function constant()
        x = P(1, 2)
      \(nest)  x
      end
      function partial(n)
        x = P(n, 2)
      \(nest)  x
      end
      function again(n)
        x = P(n, 2)
        while lt_int(0, n)
          x = P(n, 2)
      \(nest)    n = sub_int(n, 1)
        end
        x
      end
      same() = constant() === constant()
      """)
  #expect(try bench.infer("constant") == "P")
  #expect(try bench.infer("partial", "Int64") == "P")
  #expect(try bench.infer("again", "Int64") == "P")
  #expect(try bench.infer("same") == "Bool")
}

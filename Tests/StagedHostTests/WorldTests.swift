import CacheIdentity
import CacheSession
import LoweredIR
import StagedHost
import Testing

@Suite("Definitions make worlds")
struct WorldTests {
  @Test("Each committed definition is one world, a file of them is one, an equal one is none (A1)")
  func ticks() throws {
    let test = try TestHost()
    let start = test.host.definitions.world.number
    #expect(try test.load("f(x) = 1\ng(x) = 2\nconst c = 3\nstruct S\nend"))
    #expect(test.host.definitions.world.number == start + 1)
    #expect(try !test.load("f(x) = 1"))
    #expect(try !test.load("const c = 3"))
    #expect(try !test.load("struct S\nend"))
    #expect(test.host.definitions.world.number == start + 1)
    #expect(try test.load("f(x) = 2"))
    #expect(try test.host.setBinding("c", to: .int(4)))
    #expect(test.host.definitions.world.number == start + 3)
  }

  @Test("Work in an old world keeps its methods, bindings and errors (A2, A3)")
  func oldWorlds() throws {
    let test = try TestHost("f(x::Number) = c\nconst c = 1\nmain() = f(1)\nlater() = g(1)")
    let old = test.host.view
    #expect(try test.host.call("main", [], in: old).description == "1")
    try test.load("f(x::Int64) = c + 10\nconst c = 2\ng(x) = x")
    #expect(try test.host.run("main").description == "12")
    #expect(try test.host.run("later").description == "1")
    #expect(try test.host.call("main", [], in: old).description == "1")
    #expect(throws: HostError.self) { try test.host.call("later", [], in: old) }
    let before = try #require(test.host.view.view(at: old.world))
    #expect(try test.host.call("main", [], in: before).description == "1")
  }

  @Test("Deleting exposes the definition that was shadowed, in whatever order they go (A4)")
  func shadowed() throws {
    let versions = try (1...3).map { try TestHost.parse("f(x) = \($0)") }
    func method(_ number: Int) throws -> MethodDefinition {
      guard case .method(let method) = versions[number - 1][0] else { throw HostError(.unbound(name: "f")) }
      return method
    }
    let test = try TestHost("main() = f(0)")
    for version in versions { try test.host.load(version) }
    let views = [test.host.view]
    #expect(try test.host.run("main").description == "3")
    #expect(try test.host.delete(method(1)))
    #expect(try test.host.run("main").description == "3")
    #expect(try test.host.delete(method(3)))
    #expect(try test.host.run("main").description == "2")
    #expect(try test.host.delete(method(2)))
    #expect(throws: HostError.self) { try test.host.run("main") }
    #expect(try !test.host.delete(method(2)))
    #expect(try test.host.call("main", [], in: views[0]).description == "3")
  }

  @Test("A definition that goes back has the old state digest; order of definition does not matter")
  func state() throws {
    let test = try TestHost("f(x) = 1\nconst c = 1")
    let state = test.host.definitions.state
    try test.load("f(x) = 2")
    try test.load("const c = 2")
    #expect(test.host.definitions.state != state)
    try test.load("const c = 1")
    try test.load("f(x) = 1")
    #expect(test.host.definitions.state == state)
    #expect(try TestHost("const c = 1\nf(x) = 1").host.definitions.state == state)
  }

  @Test("A refused definition leaves everything as it was")
  func atomicity() throws {
    let test = try TestHost("const c = 1")
    let (world, state) = (test.host.definitions.world, test.host.definitions.state)
    for bad in [
      "const c = 2\nconst d = error(\"no\")", "f(x) = 1\nadd_int(x) = 1", "f(x) = 1\nc(x) = 1",
      "overlay Gone f(x) = 1", "struct Int64\nend",
    ] {
      #expect(throws: DefinitionError.self) { try test.load(bad) }
    }
    #expect(test.host.definitions.world == world)
    #expect(test.host.definitions.state == state)
  }

  @Test("Constants are evaluated in order, with all functions of their file")
  func constants() throws {
    let test = try TestHost("const a = twice(1)\nconst b = a + twice(2)\ntwice(x) = x + x")
    #expect(try test.evaluate("(a, b)") == "(2, 6)")
  }

  @Test("A method whose signature names what a type no longer is stays, and is not selected")
  func outdated() throws {
    let test = try TestHost("struct S{T}\n  x::T\nend\nf(s::S{Int64}) = 1\nf(x) = 2\nmain() = f(S(1))")
    #expect(try test.host.run("main").description == "1")
    try test.load("struct S\n  x\nend")
    #expect(try test.host.run("main").description == "2")
  }

  @Test("A struct that is declared again is another type; methods, subtypes and constructors follow")
  func redeclaration() throws {
    let test = try TestHost(
      "abstract A\nstruct S <: A\n  x\nend\nf(s::S) = :struct\nf(s::A) = :abstract\nmake() = S(1)")
    let old = try test.host.run("make")
    try test.load("struct S <: A\n  x\n  y\nend\nmake() = S(1, 2)")
    #expect(try test.host.call("f", [try test.host.run("make")]).description == "struct")
    #expect(throws: HostError.self) { try test.host.call("f", [old, old]) }
    #expect(try test.host.call("f", [old]).description == "abstract")
    try test.load("abstract A <: Number")
    #expect(try test.evaluate("f(make())") == "struct")
    #expect(try test.evaluate("S <: Number") == "true")
    #expect(
      test.host.definitions.state
        == (try TestHost(
          """
          abstract A <: Number
          struct S <: A
            x
            y
          end
          f(s::S) = :struct
          f(s::A) = :abstract
          make() = S(1, 2)
          main() = S <: Number
          """
        ).host.definitions.state))
  }
}

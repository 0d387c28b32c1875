import CacheIdentity
import CacheSession
import LoweredIR
import Overlay
import StagedHost
import Synchronization
import Testing

@Suite("The overlay pass")
struct OverlayTests {
  @Test("runs")
  func runs() throws {
    let host = Host(natives: [OverlayPass()]) { print($0, terminator: "") }
    try host.load(
      Program.parse(
        """
        table Fast
        sin(x::Float64) = mul_float(x, 2.0)
        overlay Fast sin(x::Float64) = add_float(sin(x), 100.0)
        f(x, ys...) = g((x, ys...)...)
        g(xs...) = sin(tuple_get(xs, 1))
        main() = overdub(Fast, f, 1.0, 2, 3)
        plain() = f(1.0, 2)
        struct Add
          n
        end
        function (a::Add)(x)
          add_int(a.n, x)
        end
        callable() = overdub(Fast, Add(1), 41)
        make() = overdub(Fast, Add, 1)
        loop(n) = begin
          t = 0
          i = 0
          while lt_int(i, n)
            t = add_int(t, 1)
            i = add_int(i, Add((1,)...)(0))
          end
          t
        end
        looping() = overdub(Fast, loop, 7)
        missing() = overdub(Fast, sin, 1)
        """, file: "o.ir"))
    host.attach(CacheSession(store: nil, definitions: host.definitions))
    #expect(try host.run("main").description == "102.0")
    #expect(try host.run("plain").description == "2.0")
    #expect(try host.run("callable").description == "42")
    #expect(try host.run("make").description == "Add(1)")
    #expect(try host.run("looping").description == "7")
    do { try host.run("missing") } catch { #expect("\(error.problem)" == "no method matches sin(Int64)") }
  }
}

import CacheSession
import SourceStore
import Testing

@Suite("B11: sampled verification")
struct VerificationTests {
  @Test("Verifying a source does not verify the sources that it is built from once more")
  func oneLevel() throws {
    let kitchen = Kitchen(ToyHost(), store: try SourceStore(.memory)) { $0.verifyEvery = 1 }
    kitchen.host.cook("0", text: { _ in "0" })
    for number in 1...8 {
      kitchen.host.cook(
        "\(number)", text: { "\(number)(\(try $0.source("\(number - 1)")),\(try $0.source("\(number - 1)")))" })
    }
    _ = try kitchen.serve("8")
    _ = kitchen.generated()
    _ = try kitchen.serve("8")
    #expect(kitchen.generated() == ["8"])
  }

  @Test("An impure source that was found out before it was written is out of service in the next session too")
  func foundBeforeWritten() throws {
    let store = try SourceStore(.memory)
    let count = Counter()
    func kitchen() -> Kitchen {
      let kitchen = Kitchen(ToyHost(), store: store) { $0.verifyEvery = 1 }
      kitchen.host.cook("dice", text: { _ in "\(count.increment())" })
      return kitchen
    }
    let first = kitchen()
    _ = try first.serve("dice")
    _ = try first.serve("dice")
    #expect(first.session.counters.impure == 1)
    first.session.close()
    #expect(try kitchen().serve("dice") == "3")
  }
}

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
}

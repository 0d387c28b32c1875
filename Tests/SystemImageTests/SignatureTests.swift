import CacheIdentity
import Foundation
import ImageModel
import SourceStore
import SystemImage
import Testing

@Suite("A signature covers the prologue, and with it the digest of every section")
struct SignatureTests {
  private let directory: TemporaryDirectory
  private let key = ImageSigningKey()
  private let traces = RandomTraces(seed: 41, count: 10).traces
  private var path: String { directory.path("image") }

  init() throws {
    directory = try TemporaryDirectory()
    try ImageBuilder(traces).write(to: directory.path("image"), options: ImageOptions(signingKey: key))
  }

  private func problem(trusting keys: [ImagePublicKey]?) -> ImageError.Problem? {
    do throws(ImageError) {
      _ = try SystemImage(path, trusting: keys)
      return nil
    } catch {
      return error.problem
    }
  }

  @Test("Who trusts the key opens the image; who trusts another does not")
  func trust() throws {
    #expect(
      try SystemImage(path, trusting: [ImageSigningKey().publicKey, key.publicKey]).header.signer == key.publicKey)
    #expect(try SystemImage(path).header.signer == key.publicKey)
    #expect(problem(trusting: [ImageSigningKey().publicKey]) == .untrusted(key.publicKey))
    #expect(problem(trusting: []) == .untrusted(key.publicKey))
  }

  @Test("An image without a signature is refused where one is demanded, and is the same image otherwise")
  func unsigned() throws {
    let identity = try SystemImage(path).header.identity
    let signed = [UInt8](try Data(contentsOf: URL(filePath: path)))
    try Data(signed.dropLast(104)).write(to: URL(filePath: path))
    #expect(problem(trusting: [key.publicKey]) == .unsigned)
    #expect(try SystemImage(path).header.signer == nil)
    #expect(try SystemImage(path).header.identity == identity)
  }

  @Test("A change of the prologue, of the key or of the signature is a wrong signature, whether one is demanded or not")
  func changed() throws {
    let signed = [UInt8](try Data(contentsOf: URL(filePath: path)))
    var forged = ForgedImage(signed)
    forged.bytes[32] ^= 1
    forged.reseal()
    try Data(forged.bytes).write(to: URL(filePath: path))
    #expect(problem(trusting: nil) == .wrongSignature(key.publicKey))
    for position in signed.count - 96..<signed.count {
      var bytes = signed
      bytes[position] ^= 4
      try Data(bytes).write(to: URL(filePath: path))
      guard case .wrongSignature = problem(trusting: nil) else {
        Issue.record("byte \(position)")
        continue
      }
    }
  }

  @Test("A changed section refuses the image to who trusts its signer, and verifying finds it: its digest is signed")
  func sections() throws {
    let signed = [UInt8](try Data(contentsOf: URL(filePath: path)))
    let sources = try #require(try SystemImage(path).sections.first { $0.name == .sources })
    var bytes = signed
    bytes[Int(sources.offset)] ^= 1
    try Data(bytes).write(to: URL(filePath: path))
    guard case .wrongDigest = problem(trusting: [key.publicKey]) else {
      Issue.record("a changed section was taken for what was signed")
      return
    }
    let problems = try SystemImage(path).verify()
    #expect(problems.first?.section == .sources)
  }

  @Test("Keys have a text form for files")
  func text() throws {
    let again = try #require(ImageSigningKey(text: "\n \(key.text)\n"))
    #expect(again.publicKey == key.publicKey)
    #expect(ImagePublicKey(text: key.publicKey.text + "\n") == key.publicKey)
    #expect(ImagePublicKey(text: key.text) == nil)
    #expect(ImageSigningKey(text: key.publicKey.text) == nil)
    #expect(ImagePublicKey(text: String(key.publicKey.text.dropLast())) == nil)
    #expect(ImagePublicKey(text: key.publicKey.text.dropLast() + "g") == nil)
    #expect(ImagePublicKey(text: "") == nil)
  }
}

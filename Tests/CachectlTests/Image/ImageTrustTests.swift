import Foundation
import SystemImage
import Testing

@Suite("Keys and signatures of images")
struct ImageTrustTests {
  /// An image that is signed with `my.key`, and `other.key`, which signed nothing.
  private func signed() throws -> ImageFolder {
    let folder = try ImageFolder()
    #expect(try folder.image("keygen", "my.key").status == 0)
    #expect(try folder.image("keygen", "other.key").status == 0)
    try folder.build("a.image", "--sign", "my.key")
    try folder.build("plain.image")
    return folder
  }

  @Test("keygen writes a private key for its owner alone, and a public one, which it prints; it replaces neither")
  func keygen() throws {
    let folder = try ImageFolder()
    let result = try folder.image("keygen", "my.key")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("worldcache-public-key-1:"))
    #expect(try folder.bytes("my.key.pub") == Data(result.output.utf8))
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("my.key"))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let text = String(decoding: try folder.bytes("my.key"), as: UTF8.self)
    #expect(try #require(ImageSigningKey(text: text)).publicKey.text + "\n" == result.output)

    let again = try folder.image("keygen", "my.key")
    #expect(again.status == 74)
    #expect(again.error.contains("is there already"))
    try FileManager.default.removeItem(atPath: folder.path("my.key.pub"))
    #expect(try folder.image("keygen", "my.key").status == 74)
    #expect(String(decoding: try folder.bytes("my.key"), as: UTF8.self) == text)
    #expect(try folder.names("my.key") == ["my.key"])
  }

  @Test(
    "A trusted key may be given as it is, or in a file with others; signing changes nothing but the end of the file")
  func trusted() throws {
    let folder = try signed()
    let keys = try ["my.key.pub", "other.key.pub"].map { String(decoding: try folder.bytes($0), as: UTF8.self) }
    try folder.write(Data("# releases\n\(keys[1])\n\(keys[0])".utf8), "all.pub")
    for trust in ["my.key.pub", "all.pub", keys[0].trimmingCharacters(in: .newlines)] {
      let result = try folder.image("verify", "a.image", "--trust", trust)
      #expect(result.status == 0, "\(result.error)")
      #expect(result.output.hasSuffix("which is trusted\n"))
    }
    let plain = try folder.bytes("plain.image")
    #expect(try folder.bytes("a.image").prefix(plain.count) == plain)
  }

  @Test("An unsigned image, and one signed with another key, are refused; nothing of them is loaded or merged")
  func untrusted() throws {
    let folder = try signed()
    let unsigned = try folder.image("verify", "plain.image", "--trust", "my.key.pub")
    #expect(unsigned.status == 77)
    #expect(unsigned.output == "")
    #expect(unsigned.error.contains("is not signed"))
    let other = try folder.image("verify", "a.image", "--trust", "other.key.pub")
    #expect(other.status == 77)
    #expect(other.error.contains("is signed with a key that is not trusted here: worldcache-public-key-1:"))
    let load = try folder.image("load", "a.image", "--trust", "other.key.pub", store: folder.path("new.sqlite"))
    #expect(load.status == 77)
    #expect(!FileManager.default.fileExists(atPath: folder.path("new.sqlite")))
    let merge = try folder.image("merge", "plain.image", "--output", "b.image", "--trust", "my.key.pub")
    #expect(merge.status == 77)
    #expect(try folder.names("b.image").isEmpty)
  }

  @Test("What was changed after it was signed is refused, whether or not a signature is demanded")
  func forged() throws {
    let folder = try signed()
    let whole = try folder.bytes("a.image")
    // The last byte is the signature's.
    var bytes = whole
    bytes[whole.count - 1] ^= 1
    try folder.write(bytes, "b.image")
    for arguments in [["inspect", "b.image"], ["verify", "b.image", "--trust", "my.key.pub"]] {
      let result = try Command.run(["image"] + arguments.map { $0.contains(".") ? folder.path($0) : $0 })
      #expect(result.status == 65)
      #expect(result.error.contains("was changed after it was signed"))
    }
    // A byte in the middle is under no signature itself, but its section's digest is.
    bytes = whole
    bytes[whole.count / 2] ^= 1
    try folder.write(bytes, "b.image")
    #expect(try folder.image("verify", "b.image").status == 1)
    #expect(try folder.image("verify", "b.image", "--trust", "my.key.pub").status == 65)
    #expect(try folder.image("load", "b.image", "--trust", "my.key.pub", store: folder.path("new.sqlite")).status == 65)
  }

  @Test("A file without a key, or with a key of the other kind, is told")
  func wrongKeys() throws {
    let folder = try signed()
    let sign = try folder.image("build", "--output", "b.image", "--sign", "my.key.pub")
    #expect(sign.status == 65)
    #expect(sign.error.contains("has no private key"))
    let trust = try folder.image("verify", "a.image", "--trust", "my.key")
    #expect(trust.status == 65)
    #expect(trust.error.contains("has no public key"))
    #expect(!trust.error.contains("signing-key"))
    #expect(try folder.image("verify", "a.image", "--trust", "missing.key").status == 66)
  }
}

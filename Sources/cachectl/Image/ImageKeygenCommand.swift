import ArgumentParser
import BloatReport
import SystemImage

struct ImageKeygenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Makes a pair of keys: a private one that signs images, and the public one that verifies them.",
    discussion: """
      Writes the private key (Ed25519) to FILE, which only its owner can read, and the public key to FILE.pub. Prints the \
      public key. Files that are there are not replaced.

      EXAMPLE: cachectl image keygen release.key
      """)

  @Argument(help: "The file for the private key.", completion: .file())
  var file: String

  @OptionGroup var json: JSONOptions

  func run() throws {
    let key = ImageSigningKey()
    let publicFile = file + ".pub"
    // First the one that is of no use alone.
    try create(publicFile, key.publicKey.text, mode: 0o644)
    do { try create(file, key.text, mode: 0o600) } catch {
      NewFile.remove(publicFile)
      throw error
    }
    var output = Output()
    if json.isJSON {
      let report: JSON = .object([
        "privateKeyFile": .text(file), "publicKeyFile": .text(publicFile), "publicKey": .text(key.publicKey.text),
      ])
      output.writeLine(report.pretty)
    } else {
      output.writeLine(key.publicKey.text)
    }
    try output.finish()
  }

  private func create(_ path: String, _ text: String, mode: UInt32) throws {
    guard try NewFile.create(path, Array((text + "\n").utf8), mode: mode) else {
      throw ImageCommandError.keyExists(path: path)
    }
  }
}

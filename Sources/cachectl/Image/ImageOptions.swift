import ArgumentParser
import SystemImage

/// An image that is only read.
struct ImageArgument: ParsableArguments {
  @Argument(help: "The image's file.", completion: .file(extensions: ["image"]))
  var image: String
}

/// Whose images are let in.
struct TrustOptions: ParsableArguments {
  @Option(
    name: .customLong("trust"),
    help: ArgumentHelp(
      "Only images signed with this public key, or one of those in this file, one on each line. Can be repeated.",
      valueName: "key"),
    completion: .file(extensions: ["pub"]))
  var trusted: [String] = []

  /// The trusted keys; `nil` if no signature is demanded.
  func keys() throws -> [ImagePublicKey]? {
    guard !trusted.isEmpty else { return nil }
    var keys: [ImagePublicKey] = []
    for text in trusted {
      if let key = ImagePublicKey(text: text) { keys.append(key) } else { keys += try KeyFile.publicKeys(text) }
    }
    return keys
  }

  /// Opens an image, of which every byte was checked: what goes elsewhere must be what was built, and what was signed.
  func openWhole(_ path: String) throws -> SystemImage {
    let image = try SystemImage(path, trusting: try keys())
    var line = ProgressLine()
    let problems = try image.verify { line.show($0, "checking") }
    line.clear()
    if let problem = problems.first { throw problem }
    return image
  }
}

/// What is made of an image that is written.
struct ImageOutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "The image's file. It appears whole under its name when it is finished, in place of another one.",
      valueName: "file"),
    completion: .file(extensions: ["image"]))
  var output: String

  @Option(
    name: .customLong("sign"),
    help: ArgumentHelp("Sign with the private key in this file, which 'image keygen' makes.", valueName: "keyfile"),
    completion: .file())
  var keyFile: String?

  /// What becomes of the image; reads the key.
  func options() throws -> ImageOptions {
    ImageOptions(signingKey: try keyFile.map(KeyFile.signingKey))
  }
}

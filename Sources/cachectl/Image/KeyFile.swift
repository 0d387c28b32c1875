import SystemImage

/// Files with keys.
enum KeyFile {
  /// The private key in a file.
  static func signingKey(_ path: String) throws -> ImageSigningKey {
    guard let key = ImageSigningKey(text: try text(path)) else {
      throw ImageCommandError.noKey(path: path, isPrivate: true)
    }
    return key
  }

  /// The public keys in a file: one on each line; empty lines and those that begin with # do not count.
  static func publicKeys(_ path: String) throws -> [ImagePublicKey] {
    var keys: [ImagePublicKey] = []
    for line in try text(path).split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
      if line.allSatisfy(\.isWhitespace) { continue }
      guard let key = ImagePublicKey(text: String(line)) else {
        throw ImageCommandError.noKey(path: path, isPrivate: false)
      }
      keys.append(key)
    }
    guard !keys.isEmpty else { throw ImageCommandError.noKey(path: path, isPrivate: false) }
    return keys
  }

  private static func text(_ path: String) throws -> String {
    do {
      return try TextFile.read(path)
    } catch CommandError.notText {
      // What is said of that error is that it is no program.
      return ""
    }
  }
}

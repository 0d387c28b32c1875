import Crypto

/// The secret key with which images are signed: Ed25519.
public struct ImageSigningKey: Sendable {
  private static let prefix = "worldcache-signing-key-1:"
  private let key: Curve25519.Signing.PrivateKey

  /// Makes a new key.
  public init() { key = Curve25519.Signing.PrivateKey() }

  /// Reads the text form; `nil` if it is none. White space around it does not count.
  public init?(text: String) {
    guard let bytes = [UInt8](keyText: text, prefix: ImageSigningKey.prefix),
      let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
    else { return nil }
    self.key = key
  }

  /// The text form, one line for a file that only its owner may read: a prefix and 64 hexadecimal digits.
  public var text: String { ImageSigningKey.prefix + Array(key.rawRepresentation).hexadecimal }

  /// The key that verifies what this one signs.
  public var publicKey: ImagePublicKey { ImagePublicKey(bytes: Array(key.publicKey.rawRepresentation)) }

  func signature(of message: [UInt8]) -> [UInt8]? { (try? key.signature(for: message)).map { Array($0) } }
}

/// The key that verifies an image's signature.
public struct ImagePublicKey: Hashable, Sendable, CustomStringConvertible {
  private static let prefix = "worldcache-public-key-1:"
  let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Reads the text form; `nil` if it is none. White space around it does not count.
  public init?(text: String) {
    guard let bytes = [UInt8](keyText: text, prefix: ImagePublicKey.prefix) else { return nil }
    self.bytes = bytes
  }

  /// The text form, one line: a prefix and 64 hexadecimal digits.
  public var text: String { ImagePublicKey.prefix + bytes.hexadecimal }

  /// The text form.
  public var description: String { text }

  func verifies(_ signature: some Collection<UInt8>, of message: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
    return key.isValidSignature(Array(signature), for: message)
  }
}

extension [UInt8] {
  fileprivate init?(keyText text: String, prefix: String) {
    let trimmed = text.drop(while: \.isWhitespace)
    guard trimmed.hasPrefix(prefix) else { return nil }
    let digits = trimmed.dropFirst(prefix.count).reversed().drop(while: \.isWhitespace).reversed()
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    var pending: UInt8?
    for digit in digits {
      guard digit.isASCII, let value = digit.hexDigitValue.map(UInt8.init) else { return nil }
      if let high = pending { bytes.append(high << 4 | value) }
      pending = pending == nil ? value : nil
    }
    self = bytes
  }

  fileprivate var hexadecimal: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

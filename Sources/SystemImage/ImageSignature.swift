/// The signature at an image's end.
enum ImageSignature {
  /// Verifies the signature of an image, if it has one; returns its key.
  static func verify(
    _ file: MappedFile, _ prologue: Prologue, path: String, trusting keys: [ImagePublicKey]?
  ) throws(ImageError) -> ImagePublicKey? {
    func failure(_ problem: ImageError.Problem) -> ImageError {
      ImageError(problem, path: path, section: .signature, offset: UInt64(prologue.contentSize))
    }
    let size = file.count - prologue.contentSize
    if size == 0, keys == nil { return nil }
    guard size > 0 else { throw failure(.unsigned) }
    guard size == ImageFormat.signatureSize, let bytes = file.range(prologue.contentSize, size),
      bytes.prefix(8).elementsEqual(ImageFormat.signatureMagic)
    else { throw failure(.wrongSize(found: UInt64(file.count), expected: UInt64(prologue.contentSize))) }
    let key = ImagePublicKey(bytes: Array(bytes[8..<40]))
    guard key.verifies(bytes[40...], of: message(prologue.bytes)) else { throw failure(.wrongSignature(key)) }
    if let keys, !keys.contains(key) { throw failure(.untrusted(key)) }
    return key
  }

  /// The bytes of a signature of a prologue.
  static func bytes(of prologue: [UInt8], by key: ImageSigningKey) -> [UInt8]? {
    key.signature(of: message(prologue)).map { ImageFormat.signatureMagic + key.publicKey.bytes + $0 }
  }

  private static func message(_ prologue: [UInt8]) -> [UInt8] { ImageFormat.signatureDomain + prologue }
}

import CacheIdentity

// The one encoding and the one decoder of questions (C10).
//
//   question  = tag, body
//   tag 1     method    table, function, arguments
//   tag 2     dispatch  table, function, arguments
//   tag 3     lookup    table, function, arguments
//   tag 4     binding   module, name
//   tag 5     source    method hash, instance, owner, specialization

extension Question {
  /// The canonical bytes.
  public var encoded: [UInt8] {
    var writer = ByteWriter()
    switch self {
    case .method(let table, let signature): writer.write(tag: 1, table, signature)
    case .dispatch(let table, let signature): writer.write(tag: 2, table, signature)
    case .lookup(let table, let signature): writer.write(tag: 3, table, signature)
    case .binding(let module, let name):
      writer.write(byte: 4)
      writer.write(text: module)
      writer.write(text: name)
    case .source(let key, let specialization):
      writer.write(byte: 5)
      writer.write(digest: key.methodHash)
      writer.write(digest: key.instance)
      writer.write(digest: key.owner)
      writer.write(text: specialization)
    }
    return writer.bytes
  }

  /// Decodes a question; an unknown shape is an error, never skipped.
  public init(encoded bytes: [UInt8]) throws(DecodingFailure) {
    var reader = ByteReader(bytes)
    let tag = try reader.readByte()
    switch tag {
    case 1: self = .method(table: try reader.readText(), signature: try reader.readSignature())
    case 2: self = .dispatch(table: try reader.readText(), signature: try reader.readSignature())
    case 3: self = .lookup(table: try reader.readText(), signature: try reader.readSignature())
    case 4: self = .binding(module: try reader.readText(), name: try reader.readText())
    case 5:
      let key = SourceKey(
        methodHash: try reader.readDigest(), instance: try reader.readDigest(), owner: try reader.readDigest())
      self = .source(key, specialization: try reader.readText())
    default: throw DecodingFailure(.unknownTag(UInt64(tag), of: "question"), at: 0)
    }
    try reader.finish()
  }
}

extension ByteWriter {
  fileprivate mutating func write(tag: UInt8, _ table: String, _ signature: Signature) {
    write(byte: tag)
    write(text: table)
    write(text: signature.function)
    write(text: signature.arguments)
  }
}

extension ByteReader {
  fileprivate mutating func readSignature() throws(DecodingFailure) -> Signature {
    Signature(function: try readText(), arguments: try readText())
  }
}

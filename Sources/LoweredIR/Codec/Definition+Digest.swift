import CacheIdentity
import SourceCodec

// Digests of definitions: what makes two definitions the same for whoever asks about them. Places in files have no part.

extension Definition {
  /// The identity of the definition. One SHA-256 over its text and code.
  public var digest: Digest {
    switch self {
    case .abstractType(let name, let supertype):
      var builder = DigestBuilder(domain: "worldcache.lowered-ir.abstract-type.v1")
      builder.add("name", name)
      builder.add("supertype", supertype.description)
      return builder.finalize()
    case .structType(let definition): return definition.digest
    case .constant(let name, let value):
      var builder = DigestBuilder(domain: "worldcache.lowered-ir.constant.v1")
      builder.add("name", name)
      builder.add("value", value)
      return builder.finalize()
    case .table(let name):
      var builder = DigestBuilder(domain: "worldcache.lowered-ir.table.v1")
      builder.add("name", name)
      return builder.finalize()
    case .method(let definition): return definition.digest
    }
  }
}

extension StructDefinition {
  /// The identity of the definition: name, parameters, supertype and fields.
  public var digest: Digest {
    var builder = DigestBuilder(domain: "worldcache.lowered-ir.struct-type.v1")
    builder.add("name", name)
    builder.add("parameter count", Int64(parameters.count))
    for parameter in parameters { builder.add("parameter", parameter) }
    builder.add("supertype", supertype.description)
    builder.add("field count", Int64(fields.count))
    for field in fields {
      builder.add("field", field.name)
      builder.add("type", field.type.description)
    }
    return builder.finalize()
  }
}

extension MethodDefinition {
  /// The identity of the definition: table, callee, types of the parameters, kind and code. Not its ``location``.
  public var digest: Digest {
    var builder = DigestBuilder(domain: "worldcache.lowered-ir.method.v1")
    builder.add("overlay", table == nil ? 0 : 1)
    builder.add("table", table ?? "")
    builder.add("callee", callee.description)
    builder.add("callee is argument", calleeName == nil ? 0 : 1)
    builder.add("parameter count", Int64(parameterTypes.count))
    for type in parameterTypes { builder.add("parameter", type.description) }
    builder.add("kind", Int64(kind.rawValue))
    builder.add("code", code)
    return builder.finalize()
  }
}

extension DigestBuilder {
  /// Adds the canonical form of code, names of slots and whether it takes varargs included.
  fileprivate mutating func add(_ tag: StaticString, _ code: LoweredCode) {
    var writer = ByteWriter()
    code.encode(into: &writer)
    add("codec", LoweredCode.codec.description)
    add(tag, writer.bytes)
  }
}

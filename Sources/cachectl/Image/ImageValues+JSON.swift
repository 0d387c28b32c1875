import BloatReport
import CacheIdentity
import SourceStore
import SystemImage

// The values of images as every command prints them. Names and meanings are public.

extension ImageHeader {
  func json(path: String) -> JSON {
    .object([
      "path": .text(path), "format": .integer(Int64(format)), "identity": .text(identity.description),
      "lineage": .text(lineage), "world": world.json, "state": .optional(state?.description),
      "signer": .optional(signer?.text), "bytes": .integer(Int64(bytes)), "entries": .integer(entries),
      "methods": .integer(methods), "sources": .integer(sources), "answers": .integer(answers),
    ])
  }

  /// `world 3 of main`
  var origin: String { "world \(world) of \(Readable.line(lineage))" }
}

extension ImageSection {
  var json: JSON {
    .object([
      "name": .text(name.rawValue), "offset": .integer(Int64(offset)), "bytes": .integer(Int64(bytes)),
      "count": .integer(Int64(count)),
    ])
  }
}

extension NewTrace {
  /// - Parameter text: The source's text; without it the source's bytes are left out.
  func json(text: String?, hexadecimal: String? = nil) -> JSON {
    .object([
      "specialization": .text(specialization), "key": .text(key.text), "owner": .text(owner.name),
      "generator": .text(generator.generator), "generatorVersion": .text(generator.version), "method": method.json,
      "generatedAt": .text(Timestamp(provenance.generatedAt).description),
      "generationNanoseconds": .integer(provenance.generationNanoseconds), "process": provenance.process.json,
      "edges": .array(edges.map(\.json)),
      "source": source.map { source in
        .object([
          "digest": .text(source.digest.description), "codec": .text(source.codec),
          "rawBytes": .integer(source.payload.count), "text": .optional(text), "hexadecimal": .optional(hexadecimal),
        ])
      } ?? .null,
    ])
  }
}

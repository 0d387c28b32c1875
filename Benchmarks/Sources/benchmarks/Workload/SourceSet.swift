import Foundation
import JuliaCorpus
import LoweredIR
import WorldCache

/// Sources that are encoded in several forms.
struct SourceSet {
  var name: String
  /// In our form.
  var payloads: [[UInt8]]
  /// As values of types that only conform to `Codable`.
  var mirrors: [CodeMirror]
  var statementCount: Int
  /// The bytes of all of them in Julia's compressed form, if they are from there.
  var juliaBytes: Int?
  /// Decodes a payload to what inference uses: all of it checked and laid out.
  var decode: ([UInt8]) throws -> Void
  /// Decodes the code of a payload alone, where something stands beside it.
  var decodeCode: (([UInt8]) throws -> Void)?
  /// The same as ``decode``, and makes the statements as enums, which interpreters, printers and passes ask for.
  var decodeStatements: ([UInt8]) throws -> Void

  var variant: String { "\(payloads.count) of \(name)" }

  /// The code of every method in the programs beside the documentation.
  static func examples(in folder: String = "Examples") throws -> SourceSet {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".ir") }
    let codes = try names.sorted().flatMap { name in
      try Program.parse(try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8), file: name).compactMap {
        guard case .method(let method) = $0 else { return nil as LoweredCode? }
        return method.code
      }
    }
    return SourceSet(
      name: "examples", payloads: codes.map { EncodedSource($0).payload }, mirrors: codes.map { CodeMirror($0) },
      statementCount: codes.reduce(0) { $0 + $1.statements.count }, juliaBytes: nil,
      decode: { payload in
        var reader = ByteReader(payload)
        blackHole(try LoweredCode(from: &reader))
      },
      decodeStatements: { payload in
        var reader = ByteReader(payload)
        blackHole(try LoweredCode(from: &reader).statements)
      })
  }
}

extension SourceSet {
  /// The sources of a corpus.
  init(_ corpus: Corpus) throws {
    let sources = corpus.traces.compactMap(\.source)
    let codes = try sources.map { try $0.open(JuliaCode.self) }
    self.init(
      name: corpus.name, payloads: sources.map(\.payload), mirrors: codes.map { CodeMirror($0) },
      statementCount: codes.reduce(0) { $0 + $1.code.statements.count }, juliaBytes: corpus.juliaBytes,
      decode: { payload in
        var reader = ByteReader(payload)
        blackHole(try JuliaCode(from: &reader))
      },
      decodeCode: { payload in
        var reader = ByteReader(payload)
        blackHole(try LoweredCode(from: &reader))
      },
      decodeStatements: { payload in
        var reader = ByteReader(payload)
        blackHole(try JuliaCode(from: &reader).code.statements)
      })
  }
}

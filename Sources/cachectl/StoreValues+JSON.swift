import BloatReport
import CacheIdentity
import JuliaCorpus
import LoweredIR
import SourceCodec
import SourceStore

// The store's values as every command with --json prints them. Names and meanings are public, like the schema's.

extension SourceKey {
  /// As `why` takes it: `method:instance:owner`.
  var text: String { "\(methodHash):\(instance):\(owner)" }

  /// The same, short enough for people and long enough for `why`.
  var abbreviated: String { "\(methodHash.abbreviated):\(instance.abbreviated):\(owner.abbreviated)" }
}

extension ProcessIdentity {
  var json: JSON {
    .object([
      "host": .text(host), "pid": .integer(Int64(pid)), "program": .text(program),
      "startedAt": .text(Timestamp(startedAt).description),
    ])
  }

  /// `program[pid]@host`
  var text: String { Readable.line("\(program)[\(pid)]@\(host)") }
}

extension WorldAge {
  /// The open bound is `null`.
  var json: JSON { self == .open ? .null : .integer(number) }
}

extension Answer {
  var json: JSON { .object(["subject": .text(subject), "digest": .text(digest.description)]) }
}

extension Optional where Wrapped == Answer {
  var json: JSON { map(\.json) ?? .null }
}

extension Answer {
  /// The answer as people read it. Sources have no better name than the beginning of their digest.
  func text(to question: Question) -> String {
    question.kind == .source && self != .none ? "source \(digest.abbreviated)" : subject
  }
}

extension Question {
  var json: JSON { .object(["kind": .text(kind.rawValue), "text": .text(description)]) }
}

extension MethodDescription {
  var json: JSON {
    .object([
      "module": .text(module), "table": .text(table), "function": .text(signature.function),
      "arguments": .text(signature.arguments), "location": .text(location),
    ])
  }
}

extension Edge {
  var json: JSON { .object(["question": question.json, "answer": answer.json]) }
}

extension TraceLabel {
  var json: JSON {
    .object([
      "trace": .integer(trace.number), "specialization": .text(specialization), "owner": .text(owner),
      "generator": .text(generator),
    ])
  }
}

extension Closing {
  var json: JSON {
    .object([
      "victim": victim.json, "depth": .integer(depth), "question": question.json, "old": old.json, "new": new.json,
    ])
  }

  /// What changed, on one line.
  var text: String {
    Readable.line("\(question): \(old.text(to: question)) -> \(new?.text(to: question) ?? "no answer")")
  }
}

extension EncodedSource {
  /// The source as text, if it is of the reference host's language, or Julia's.
  func loweredIR() throws(DecodingFailure) -> String? {
    switch codec {
    case LoweredCode.codec.description: try open(LoweredCode.self).text
    case JuliaCode.codec.description: try open(JuliaCode.self).code.text
    default: nil
    }
  }

  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: payload.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

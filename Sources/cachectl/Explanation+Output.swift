import BloatReport
import CacheIdentity
import SourceStore

extension Explanation {
  var json: JSON {
    .object([
      "specialization": .text(label.specialization), "key": .text(key.text), "owner": .text(label.owner),
      "generator": .text(label.generator), "location": .text(method.location), "lineage": .text(lineage),
      "head": head.json, "verdict": .text(verdict.name), "minWorld": verdict.range?.min.json ?? .null,
      "maxWorld": verdict.range?.max.json ?? .null, "served": verdict.served?.json ?? .null,
      "cause": verdict.cause?.json ?? .null, "nearest": verdict.nearest?.json ?? .null,
      "quarantine": verdict.quarantine ?? .null,
    ])
  }

  func text(_ style: Style) -> String {
    var text = style.bold(Readable.line(label.specialization))
    text += Readable.line(" by \(label.generator) for \(label.owner) in \(lineage), world \(head): ")
    text += verdict.isHit ? style.good(verdict.name) : style.bad(verdict.name)
    var lines: [String] = []
    switch verdict {
    case .hit(let served):
      lines.append("holds in worlds \(served.range)\(served.isRevived ? ", by revival" : "")")
      lines.append("trace \(served.trace.number), \(served.provenance.text)")
    case .closed(let range, let cause, let nearest):
      lines.append("held in worlds \(range)")
      lines += cause?.lines ?? ["what closed it is not recorded: its generator declared the end, or the log was pruned"]
      lines += nearest?.lines ?? []
    case .miss(let nearest):
      lines.append("was never stored in this lineage")
      lines += nearest?.lines ?? []
    case .pruned(let range):
      lines.append("holds in worlds \(range), but its bytes were pruned: the next request generates them")
    case .damaged(let range):
      lines.append("the row for worlds \(range) is damaged: the next request generates it. 'cachectl verify' says more")
    case .quarantined(let stored, let found):
      lines.append(
        "its generator gave two sources for the same answers, \(stored.abbreviated) and \(found.abbreviated)")
      lines.append("it is never stored again until the key is pruned")
    }
    lines.append("defined at \(Readable.line(method.location)); key \(key.abbreviated)")
    return text + "\n" + lines.map { "  \($0)\n" }.joined()
  }
}

extension Verdict {
  fileprivate var name: String {
    switch self {
    case .hit: "hit"
    case .closed: "closed"
    case .miss: "miss"
    case .pruned: "pruned"
    case .damaged: "damaged"
    case .quarantined: "quarantined"
    }
  }

  fileprivate var isHit: Bool { served != nil }

  fileprivate var served: ServedTrace? { if case .hit(let served) = self { served } else { nil } }

  fileprivate var range: WorldRange? {
    switch self {
    case .hit(let served): served.range
    case .closed(let range, _, _), .pruned(let range), .damaged(let range): range
    case .miss, .quarantined: nil
    }
  }

  fileprivate var cause: ClosingCause? { if case .closed(_, let cause, _) = self { cause } else { nil } }

  fileprivate var nearest: NearestTrace? {
    switch self {
    case .closed(_, _, let nearest), .miss(let nearest): nearest
    case .hit, .pruned, .damaged, .quarantined: nil
    }
  }

  fileprivate var quarantine: JSON? {
    guard case .quarantined(let stored, let found) = self else { return nil }
    return .object(["stored": .text(stored.description), "found": .text(found.description)])
  }
}

extension Provenance {
  fileprivate var text: String {
    "generated \(Timestamp(generatedAt).short) by \(process.text) in "
      + Readable.duration(nanoseconds: generationNanoseconds)
  }
}

extension ServedTrace {
  fileprivate var json: JSON {
    .object([
      "trace": .integer(trace.number), "isRevived": .bool(isRevived),
      "generatedAt": .text(Timestamp(provenance.generatedAt).description),
      "generationNanoseconds": .integer(provenance.generationNanoseconds), "process": provenance.process.json,
    ])
  }
}

extension TickRecord {
  fileprivate var json: JSON {
    .object([
      "world": world.json, "committedAt": .text(Timestamp(committedAt).description), "process": process.json,
      "cause": .text(cause),
    ])
  }

  fileprivate var text: String {
    Readable.line("world \(world), \(Timestamp(committedAt).short) by \(process.text): \(cause)")
  }
}

extension ClosingCause {
  fileprivate var json: JSON { .object(["tick": tick.json, "chain": .array(chain.map(\.json))]) }

  fileprivate var lines: [String] {
    ["closed by \(tick.text)"]
      + chain.map { "  " + Readable.line($0.victim.specialization) + " rests on " + $0.text }
  }
}

extension NearestTrace {
  fileprivate var json: JSON {
    .object([
      "trace": .integer(trace.number), "edgeCount": .integer(edgeCount), "differing": .integer(differing),
      "firstDifference": first?.json ?? .null,
    ])
  }

  fileprivate var lines: [String] {
    guard let first else { return ["trace \(trace.number) holds here again: the next request revives it"] }
    let title = "nearest is trace \(trace.number): \(differing) of \(Readable.count(edgeCount, "answer")) differ"
    return [title + (differing == 1 ? "s" : "")] + first.lines
  }
}

extension Difference {
  fileprivate var json: JSON {
    .object([
      "position": .integer(position), "question": question.json, "expected": expected.json, "present": present.json,
      "tick": tick?.json ?? .null,
    ])
  }

  fileprivate var lines: [String] {
    let then = expected.text(to: question)
    var lines = [Readable.line("  question \(position): \(question)"), Readable.line("    then: \(then)")]
    if let present {
      let now = present.text(to: question)
      // A changed body has the same name.
      let suffix = now == then ? " (\(expected.digest.abbreviated) -> \(present.digest.abbreviated))" : ""
      lines.append(Readable.line("    now:  \(now)\(suffix)"))
    } else {
      lines.append("    now:  no answer is recorded")
    }
    if let tick { lines.append("    changed by \(tick.text)") }
    return lines
  }
}

import CacheIdentity
import SourceStore

/// The order in which traces that rest on each other's sources go into a store: inner ones first.
enum InsertionOrder {
  /// Groups of traces, each of which rests on members of groups before it, of its own, or on no trace given. Only those that
  /// rest on themselves through others, and what rests on these, share a group: the last. Linear in the edges.
  static func groups(of traces: [NewTrace]) -> [[NewTrace]] {
    let numbers = Dictionary(traces.indices.map { (traces[$0].key, $0) }) { first, _ in first }
    var outer: [[Int]] = Array(repeating: [], count: traces.count)
    var awaited = Array(repeating: 0, count: traces.count)
    for (number, trace) in traces.enumerated() {
      for case .source(let key, _) in trace.edges.map(\.question) {
        guard let inner = numbers[key] else { continue }
        outer[inner].append(number)
        awaited[number] += 1
      }
    }
    var ready = traces.indices.filter { awaited[$0] == 0 }
    var next = 0
    while next < ready.count {
      for number in outer[ready[next]] {
        awaited[number] -= 1
        if awaited[number] == 0 { ready.append(number) }
      }
      next += 1
    }
    let circular = traces.indices.filter { awaited[$0] > 0 }
    return ready.map { [traces[$0]] } + (circular.isEmpty ? [] : [circular.map { traces[$0] }])
  }
}

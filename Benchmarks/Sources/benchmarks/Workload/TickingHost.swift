import Synchronization
import Foundation
import WorldCache

/// A session whose host redefines watched bindings and takes that back.
final class TickingHost {
  let store: SourceStore
  private let definitions: SyntheticDefinitions
  private let session: CacheSession<Blob>

  init(_ workload: Workload, at path: String) throws {
    store = try SourceStore(.file(path))
    definitions = SyntheticDefinitions(watches: workload.watches)
    session = CacheSession(store: store, definitions: definitions)
  }

  /// Where the lineage is.
  var position: (lineage: LineageID, world: WorldAge) {
    get throws {
      guard let lineage = try store.lineage(named: "main") else { throw NoLineage(path: store.path) }
      return (lineage.id, lineage.head)
    }
  }

  /// Another definition: how long it takes, in nanoseconds. So many rows must close.
  func close(_ name: String, _ count: Int) throws -> Double {
    let before = session.counters.closed
    let time = redefine(name, version: 1)
    guard session.counters.closed - before == count else {
      throw Lost(count: count - (session.counters.closed - before))
    }
    return time
  }

  /// The first definition again. So many rows must revive.
  func revive(_ name: String, _ count: Int) throws -> Double {
    let before = session.counters.revived
    let time = redefine(name, version: 0)
    guard session.counters.revived - before == count else {
      throw Lost(count: count - (session.counters.revived - before))
    }
    return time
  }

  private func redefine(_ name: String, version: Int) -> Double {
    let subject = definitions.define(name, version: version)
    return nanoseconds { session.redefine([subject]) }
  }
}

/// The least that a program could do with the bare C API: end the ranges of known keys and note it, begin new ones, in the order of their
/// keys.
final class BareTicks {
  private let bare: BareSQLite
  private let keys: WorkloadKeys
  private var world: Int64 = 1

  /// Goes on with a file that has the workload.
  init(_ workload: Workload, at path: String) throws {
    bare = try BareSQLite(path: path)
    keys = WorkloadKeys(workload)
  }

  /// Makes such a file.
  static func fill(_ workload: Workload, at path: String) throws {
    let bare = try BareSQLite(path: path)
    let keys = WorkloadKeys(workload)
    try bare.write {
      for index in 0..<workload.count {
        let bytes = EncodedSource(workload.source(index)).payload
        try keys.withBytes(of: index) { key in try bytes.withUnsafeBytes { try bare.insert(key, $0) } }
      }
    }
  }

  /// In one transaction; returns nanoseconds.
  func close(_ count: Int) throws -> Double {
    defer { world += 1 }
    let order = keys.tableOrder(count)
    return try nanoseconds {
      try bare.write {
        for index in order {
          try keys.withBytes(of: index) { try bare.close($0, at: world, position: index) }
        }
      }
    }
  }

  func revive(_ count: Int) throws -> Double {
    defer { world += 1 }
    let order = keys.tableOrder(count)
    return try nanoseconds {
      try bare.write {
        for index in order { try keys.withBytes(of: index) { try bare.revive($0, at: world + 1) } }
      }
    }
  }
}

/// A thread that looks keys up in a world, one after the other.
final class LookupThread: Sendable {
  private struct State {
    var position: (lineage: LineageID, world: WorldAge)
    var latencies: [Double] = []
    var failure: (any Error)?
    var mustStop = false
  }

  private let state: Mutex<State>

  init(keys: [SourceKey], store: SourceStore, _ position: (lineage: LineageID, world: WorldAge)) {
    state = Mutex(State(position: position))
    Thread.detachNewThread { [self] in
      var random = SeededGenerator(seed: 3)
      while let position = next() {
        let key = keys[Int.random(in: keys.indices, using: &random)]
        do {
          let start = Instant.now
          let found = try store.lookup(key, lineage: position.lineage, world: position.world)
          note(found?.source == nil ? .failure(Lost(count: 1)) : .success(start.elapsed))
        } catch {
          note(.failure(error))
        }
      }
    }
  }

  /// What went wrong first.
  var failure: (any Error)? { state.withLock { $0.failure } }

  /// The latencies of lookups that ended while the body ran.
  func take(during body: () throws -> Void) rethrows -> [Double] {
    state.withLock { $0.latencies = [] }
    try body()
    return state.withLock { $0.latencies }
  }

  /// From now on in another world.
  func move(to position: (lineage: LineageID, world: WorldAge)) { state.withLock { $0.position = position } }

  func stop() { state.withLock { $0.mustStop = true } }

  private func next() -> (lineage: LineageID, world: WorldAge)? {
    state.withLock { $0.mustStop || $0.failure != nil ? nil : $0.position }
  }

  private func note(_ result: Result<Double, any Error>) {
    state.withLock { state in
      switch result {
      case .success(let time): state.latencies.append(time)
      case .failure(let error): state.failure = state.failure ?? error
      }
    }
  }
}

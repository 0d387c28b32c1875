import CacheIdentity
import SourceCodec
import SourceStore

extension CacheSession {
  /// Takes in that the host has changed its definitions: call it after each change, once the host's new world is there.
  ///
  /// If the state digest is another than before, the questions about `subjects` are asked again and one tick closes and
  /// revives what depends on them. O(affected). Until this returns, nothing of older worlds is served in the new one; requests in
  /// older worlds go on as before (A2). The host's definitions must not change meanwhile.
  ///
  /// Without a store nothing of older worlds is served in the new one afterwards either.
  ///
  /// - Parameters:
  ///   - subjects: All that may have changed since the last step, by whichever thread; `nil` if it could be anything.
  ///   - cause: What happened, for `cachectl log`.
  public func redefine(_ subjects: Set<Subject>?, cause: String = "redefine") { advance(subjects, cause: cause) }

  /// One step to the host's present state. Steps and batches of writes take turns, so that no batch that was generated
  /// before a tick can widen an entry in memory after it.
  func advance(_ subjects: Set<Subject>?, cause: String) {
    guard let store, let writes else {
      let events = mustAskAll.withLock { _ in takeInWithoutStore(subjects) }
      for event in events { bookkeeping.note(event) }
      return
    }
    let events = writes.afterFlush {
      mustAskAll.withLock { mustAskAll -> [CacheEvent] in
        let host = definitions.world
        let ofImages = advanceImages(to: host, subjects)
        let (old, evictions) = worlds.withLock { ($0.newest, $0.evictions) }
        let change = DefinitionChange(
          state: definitions.state, from: old?.store, evictions: evictions, subjects: mustAskAll ? nil : subjects,
          cause: cause)
        do throws(StoreError) {
          let new = try store.advance(lineage: options.lineage, to: change, answering: definitions.answer)
          writes.attach(to: new.lineage)
          if !images.isEmpty { storeHasQuarantine.store(try store.hasQuarantine(), ordering: .releasing) }
          takeIn(new, host: host, after: old)
          mustAskAll = false
          return ofImages + [
            old == nil
              ? .attached(
                world: new.world, ticked: new.ticked, asked: new.asked, closed: new.closed.count, revived: new.revived)
              : .redefined(
                world: new.world, ticked: new.ticked, asked: new.asked, closed: new.closed.count, revived: new.revived)
          ]
        } catch {
          // The host's new world stays unknown to the session, so nothing is served in it.
          mustAskAll = true
          // Nor can the store say which keys are out of service.
          storeHasQuarantine.store(true, ordering: .releasing)
          return ofImages + [.storeTrouble(error)]
        }
      }
    }
    for event in events { bookkeeping.note(event) }
  }

  /// What was generated in a world is served in that world only, so there is nothing to close.
  private func takeInWithoutStore(_ subjects: Set<Subject>?) -> [CacheEvent] {
    let host = definitions.world
    let events = advanceImages(to: host, subjects)
    let isKnown = worlds.withLock { worlds in
      defer { worlds.append(host, .first) }
      return worlds.newest?.host == host
    }
    // A host that changed its definitions and not its world.
    if isKnown { memory.removeAll() }
    return events
  }

  /// Closes entries in memory first and publishes the new world last: no reader sees the new world and an old entry as
  /// open (A5).
  private func takeIn(_ new: Attachment, host: HostWorld, after old: (host: HostWorld, store: WorldAge)?) {
    if let old, new.world != old.store {
      if host == old.host {
        memory.removeAll()
      } else if new.isIncremental {
        memory.close(new.closed, at: old.store)
      } else {
        memory.closeAll(at: old.store)
      }
    }
    worlds.withLock {
      $0.lineage = new.lineage
      // In an unchanged world memory still holds what was evicted since the step before.
      if new.world != old?.store { $0.evictions = new.evictions }
      $0.append(host, new.world)
    }
    memory.publish(host, new.world)
  }
}

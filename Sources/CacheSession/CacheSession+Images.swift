import CacheIdentity
import SourceCodec
import SourceStore
import SystemImage

extension CacheSession {
  /// A hit in an image. It writes nothing to the store, and is kept in memory for this world of the host.
  ///
  /// An entry that is damaged, or whose bytes are not of the source's form, is passed over (W12, W15).
  func imageHit<Generator>(
    _ request: Request<Generator>
  ) -> ServedSource<Source>? where Generator.Source == Source {
    for layer in images.layers(in: request.world) {
      guard let entry = layer.image.entry(for: request.key), layer.validity.holds(entry) else { continue }
      do throws(ImageError) {
        if try restsOnImpure(entry, layer.image) { return nil }
        let encoded = try layer.image.source(of: entry)
        let source = try decode(encoded, layer.image)
        let kept = KeptValue(request.key, source, encoded)
        memory.insert(
          request.requestKey, generated: kept, in: request.world, nanosecondsAway: MemoryBudget.nanosecondsToImage)
        bookkeeping.note(.reusedFromImage(request.key), by: request.generator.name)
        return ServedSource(kept: kept, source: source)
      } catch {
        bookkeeping.note(.imageTrouble(error))
      }
    }
    return nil
  }

  /// Asks what of the images holds in a new world of the host.
  func advanceImages(to host: HostWorld, _ subjects: Set<Subject>?) -> [CacheEvent] {
    images.advance(to: host, state: definitions.state, subjects: subjects, answering: definitions.answer).map {
      switch $0 {
      case .validated(let image, let asked, let masked):
        .imageValidated(path: image.path, asked: asked, masked: masked)
      case .failed(let error): .imageTrouble(error)
      }
    }
  }

  private func decode(_ encoded: EncodedSource?, _ image: SystemImage) throws(ImageError) -> Source? {
    do throws(DecodingFailure) {
      return try encoded?.open()
    } catch {
      throw ImageError(.undecodable(error), path: image.path, section: .sources)
    }
  }

  /// Whether an entry is of a key that is out of service (B11), or rests on one. Nothing to find out as long as there is none.
  private func restsOnImpure(_ entry: ImageEntry, _ image: SystemImage) throws(ImageError) -> Bool {
    let overruled = images.overruled
    if overruled.isEmpty, quarantine.isEmpty, !storeHasQuarantine.load(ordering: .acquiring) { return false }
    var seen: Set<SourceKey> = [entry.key]
    var worklist = [entry]
    while let entry = worklist.popLast() {
      if overruled.contains(entry.key) || isOutOfService(entry.key) { return true }
      for edge in try image.trace(of: entry).edges {
        guard case .source(let key, _) = edge.question, seen.insert(key).inserted else { continue }
        if let inner = image.entry(for: key) { worklist.append(inner) }
      }
    }
    return false
  }

  /// Whether the session or the store has taken a key out of service. Who cannot be asked is taken to have.
  private func isOutOfService(_ key: SourceKey) -> Bool {
    if quarantine.contains(key) { return true }
    guard let store, storeHasQuarantine.load(ordering: .acquiring) else { return false }
    do throws(StoreError) {
      guard try store.isQuarantined(key) else { return false }
      quarantine.insert(key)
    } catch {
      bookkeeping.note(.storeTrouble(error))
    }
    return true
  }
}

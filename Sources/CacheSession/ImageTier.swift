import CacheIdentity
import SourceStore
import Synchronization
import SystemImage

/// The images under a session, and what of them holds in each world of the host that the session was told of.
///
/// Worlds between those are unknown: nothing is served in them. Later images lie over earlier ones.
final class ImageTier: Sendable {
  /// An image with what of it holds in one world.
  struct Layer: Sendable {
    let image: SystemImage
    let validity: ImageValidity
  }

  /// What came of looking at one image in a new state.
  enum StepOutcome {
    /// So many questions were asked, and so many entries do not hold.
    case validated(image: SystemImage, asked: Int, masked: Int)
    /// Its questions cannot be read: it is not asked from this world on.
    case failed(ImageError)
  }

  private struct Step {
    let host: HostWorld
    let state: Digest
    /// The image to ask first is the first.
    let layers: [Layer]
  }

  private struct State {
    /// Oldest first. Successive ones share what did not change.
    var steps: [Step] = []
    /// What was taken into the store, or is on its way there.
    var copied: Set<SourceKey> = []
    /// Keys of which the store has another source.
    var overruled: Set<SourceKey> = []
  }

  private let images: [SystemImage]
  private let state = Mutex(State())

  init(_ images: [SystemImage]) { self.images = images.reversed() }

  /// Whether there is nothing to ask.
  var isEmpty: Bool { images.isEmpty }

  /// Finds out what holds in a new world of the host. In the state of an image everything does, and nothing is asked; else its
  /// questions about the subjects are asked, or all of them the first time (E1). What cannot be read is left out from then on.
  /// Steps take turns.
  func advance(
    to host: HostWorld, state digest: Digest, subjects: Set<Subject>?, answering: (Question) -> Answer?
  ) -> [StepOutcome] {
    if images.isEmpty { return [] }
    let previous = state.withLock { $0.steps.last }
    var layers: [Layer] = []
    var outcomes: [StepOutcome] = []
    if let previous, previous.state == digest {
      layers = previous.layers
    } else {
      for image in previous?.layers.map(\.image) ?? images {
        do throws(ImageError) {
          let old = previous?.layers.first { $0.image === image }?.validity
          let validity =
            if let whole = image.validity(in: digest) { whole } else {
              try image.validate(subjects: subjects, previous: old, answering: answering)
            }
          layers.append(Layer(image: image, validity: validity))
          outcomes.append(.validated(image: image, asked: validity.asked, masked: validity.maskedCount))
        } catch {
          outcomes.append(.failed(error))
        }
      }
    }
    state.withLock { state in
      if state.steps.last?.host == host { state.steps.removeLast() }
      state.steps.append(Step(host: host, state: digest, layers: layers))
      // What held before and holds now has kept its row in the store: the tick asked the same questions.
      state.copied = state.copied.filter { key in ImageTier.firstHolding(key, in: layers) != nil }
    }
    return outcomes
  }

  /// The images to ask in a world of the host, the first one first; none in a world that the session was not told of.
  func layers(in host: HostWorld) -> [Layer] {
    if images.isEmpty { return [] }
    return state.withLock { state in
      if let newest = state.steps.last, newest.host == host { return newest.layers }
      var (low, high) = (0, state.steps.count)
      while low < high {
        let middle = (low + high) / 2
        if state.steps[middle].host < host { low = middle + 1 } else { high = middle }
      }
      return low < state.steps.count && state.steps[low].host == host ? state.steps[low].layers : []
    }
  }

  /// The store has another source of this key for the same answers: it is the newer one, and wins.
  func overrule(_ key: SourceKey) { state.withLock { _ = $0.overruled.insert(key) } }

  /// Keys of which the store has another source than the images.
  var overruled: Set<SourceKey> { state.withLock(\.overruled) }

  private static func firstHolding(_ key: SourceKey, in layers: [Layer]) -> ImageEntry? {
    for layer in layers {
      if let entry = layer.image.entry(for: key), layer.validity.holds(entry) { return entry }
    }
    return nil
  }
}

extension ImageTier {
  /// The traces that must be in the store before something that rests on `edges` can be recorded there: those of sources that
  /// images served, with all that these rest on, the innermost first. Each is given once, until ``forgetCopies()``.
  func copies(
    for edges: [Edge], in host: HostWorld, at world: WorldAge, report: (ImageError) -> Void
  ) -> [NewTrace] {
    let layers = layers(in: host)
    if layers.isEmpty { return [] }
    var copies: [NewTrace] = []
    var worklist = edges
    while let edge = worklist.popLast() {
      guard case .source(let key, _) = edge.question, state.withLock({ !$0.copied.contains(key) }) else { continue }
      do throws(ImageError) {
        guard var trace = try ImageTier.trace(of: key, answering: edge.answer, in: layers) else { continue }
        state.withLock { _ = $0.copied.insert(key) }
        trace.world = world
        // Worlds of the image's lineage mean nothing here.
        trace.declared = trace.declared == .all ? .all : .from(world)
        worklist += trace.edges
        copies.append(trace)
      } catch {
        report(error)
      }
    }
    return copies.reversed()
  }

  /// The store did not take what was copied, or has lost it: whoever rests on it next brings it again.
  func forgetCopies() { state.withLock { $0.copied = [] } }

  private static func trace(
    of key: SourceKey, answering answer: Answer, in layers: [Layer]
  ) throws(ImageError) -> NewTrace? {
    for layer in layers {
      guard let entry = layer.image.entry(for: key), layer.validity.holds(entry),
        try layer.image.sourceAnswer(of: entry) == answer
      else { continue }
      return try layer.image.trace(of: entry)
    }
    return nil
  }
}

import BloatReport
import CacheIdentity

/// Why an image cannot be made or used as the command line says.
enum ImageCommandError: Error, Hashable {
  /// A file has no key of the kind that is wanted.
  case noKey(path: String, isPrivate: Bool)
  /// There is something where a new key is to be.
  case keyExists(path: String)
  /// The store has no lineage of this name.
  case noLineage(String, store: String, known: [String])
  /// The lineage's history has no such world.
  case noWorld(WorldAge, lineage: String, oldest: WorldAge, head: WorldAge)
  /// The image's parts come from different states, so there is no world in which all of them hold.
  case noState(image: String)
  /// The lineage is in another state than the image.
  case otherState(lineage: String, store: String, state: Digest, image: String, imageState: Digest)
  /// Nothing in the image is called so.
  case nothingNamed(String, image: String)
  /// Several sources of the image are called so; some of them, with their keys.
  case severalNamed(String, image: String, count: Int, examples: [String])
  /// The generator declined, so there is no source.
  case declined(specialization: String, image: String)
  /// The source has no text form that is known here.
  case noText(codec: String, specialization: String)
}

extension ImageCommandError {
  /// What went wrong, and what to do.
  var words: String {
    switch self {
    case .noKey(let path, true):
      "\(path) has no private key. 'cachectl image keygen FILE' makes one; what ends in .pub is the public key."
    case .noKey(let path, false):
      "\(path) has no public key, or something else besides. 'cachectl image keygen FILE' writes FILE.pub."
    case .keyExists(let path): "\(path) is there already. Keys are not replaced: choose another name, or remove it."
    case .noLineage(let name, let store, let known):
      "\(store) has no lineage \(Readable.line(name)). "
        + (known.isEmpty
          ? "Nothing was ever stored there."
          : "It has \(known.map(Readable.line).joined(separator: ", ")); --lineage names one.")
    case .noWorld(let world, let lineage, let oldest, let head):
      "lineage \(Readable.line(lineage)) has no world \(world): it has \(oldest) to \(head)."
    case .noState(let image):
      """
      \(image) was merged from images of different definitions, so there is no world in which all of it holds. \
      Attach it with 'run --image', or load the images that it was made of.
      """
    case .otherState(let lineage, let store, let state, let image, let imageState):
      """
      lineage \(Readable.line(lineage)) of \(store) is at other definitions (state \(state.abbreviated)) than \(image) \
      (state \(imageState.abbreviated)). Load it into a lineage of its own with --lineage NAME, or run the program of \
      the image first.
      """
    case .nothingNamed(let name, let image):
      "nothing in \(image) is called \(Readable.line(name)). 'cachectl image inspect --entries' lists what there is."
    case .severalNamed(let name, let image, let count, let examples):
      """
      \(count) sources in \(image) are called \(Readable.line(name)). Name one by its key:
      \(examples.map { "  " + Readable.line($0) }.joined(separator: "\n"))
      """ + (count > examples.count ? "\n  ... 'cachectl image inspect --entries' lists all." : "")
    case .declined(let specialization, let image):
      "the generator declined for \(Readable.line(specialization)) in \(image), so there is no source."
    case .noText(let codec, let specialization):
      "the source of \(Readable.line(specialization)) is of the form \(codec), which has no text here. Use --raw."
    }
  }

  var status: ExitStatus {
    switch self {
    case .noKey: .badData
    case .keyExists: .inputOutput
    case .noLineage, .noWorld: .usage
    case .noState, .otherState, .nothingNamed, .severalNamed, .declined: .negative
    case .noText: .usage
    }
  }
}

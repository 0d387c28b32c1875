import ArgumentParser
import BloatReport
import CacheIdentity
import SourceStore
import SystemImage

struct ImageLoadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Puts what an image holds into a store.",
    discussion: """
      Into the lineage that the image was built from, unless --lineage names another. A lineage that is not there begins at the \
      image's state of definitions; one that is there must be at that state. A process with these definitions then \
      generates nothing that the image has. The whole image is checked before.

      EXAMPLE: cachectl image load app.image
      EXAMPLE: cachectl image load app.image --lineage release --trust release.key.pub
      """)

  @OptionGroup var file: ImageArgument
  @OptionGroup var store: StoreOptions

  @Option(help: "The lineage to load into.")
  var lineage: String?

  @OptionGroup var trust: TrustOptions
  @OptionGroup var json: JSONOptions

  func validate() throws {
    if lineage?.isEmpty ?? false { throw ValidationError("--lineage takes a name.") }
  }

  func run() throws {
    let path = try store.path()
    Interruption.catchSignals()
    let image = try trust.openWhole(file.image)
    guard let state = image.header.state else { throw ImageCommandError.noState(image: image.path) }
    let name = lineage ?? image.header.lineage
    let store = try SourceStore(.file(path))
    let present = try store.lineage(named: name, beginningIn: state, cause: "load \(image.path)")
    guard present.state == state else {
      throw ImageCommandError.otherState(
        lineage: name, store: path, state: present.state, image: image.path, imageState: state)
    }

    var loading = ImageLoading(image, into: present, of: store)
    try loading.load()
    var output = Output()
    if json.isJSON {
      output.writeLine(loading.json.pretty)
    } else {
      output.writeLine(
        "\(path): \(Readable.count(loading.stored, "trace")) of \(image.header.entries) in world \(present.head) of "
          + Readable.line(name))
    }
    try output.finish()
    for (refusal, count) in loading.refusals where !json.isJSON {
      StandardError.write("cachectl: warning: \(Readable.count(count, "trace")) not stored: \(refusal)\n")
    }
  }
}

/// The traces of an image on their way into a lineage whose head has the image's state.
private struct ImageLoading {
  /// The number of traces in one transaction.
  private static let batch = 1_000

  private let image: SystemImage
  private let store: SourceStore
  private let lineage: LineageState
  private(set) var stored = 0
  private var counts: [String: Int] = [:]
  private var line = ProgressLine()
  private var pending: [NewTrace] = []

  init(_ image: SystemImage, into lineage: LineageState, of store: SourceStore) {
    self.image = image
    self.store = store
    self.lineage = lineage
  }

  /// Why traces were not stored, and how many.
  var refusals: [(String, Int)] { counts.sorted { $0.key < $1.key } }

  mutating func load() throws {
    var outer: [NewTrace] = []
    try image.forEachTrace { _, trace in
      let placed = placed(trace)
      if placed.edges.contains(where: { $0.question.kind == .source }) {
        outer.append(placed)
      } else {
        try add([placed])
      }
      return true
    }
    for group in InsertionOrder.groups(of: outer) { try add(group) }
    try insert()
    line.clear()
  }

  /// The trace in the lineage's terms: the image's worlds mean nothing here.
  private func placed(_ trace: NewTrace) -> NewTrace {
    var placed = trace
    placed.world = lineage.head
    if !trace.declared.contains(.first) { placed.declared = .from(lineage.head) }
    return placed
  }

  /// A group goes into one batch: its members may rest on each other.
  private mutating func add(_ group: [NewTrace]) throws {
    pending += group
    if pending.count >= ImageLoading.batch { try insert() }
  }

  private mutating func insert() throws {
    // What is stored stays; it is whole, and a load that is repeated adds the rest.
    if Interruption.signal != nil { throw ImageError(.cancelled, path: image.path) }
    for outcome in try store.insert(pending, into: lineage.id) {
      switch outcome {
      case .stored: stored += 1
      case .refused(let refusal): counts[refusal.words, default: 0] += 1
      }
    }
    pending.removeAll(keepingCapacity: true)
    line.show("loading", done: stored, of: image.header.entries)
  }

  var json: JSON {
    .object([
      "image": image.header.json(path: image.path), "store": .text(store.path), "lineage": .text(lineage.name),
      "world": lineage.head.json, "stored": .integer(stored),
      "refused": .array(refusals.map { .object(["reason": .text($0), "count": .integer($1)]) }),
    ])
  }
}

extension Refusal {
  fileprivate var words: String {
    switch self {
    case .historyPruned, .beyondHead: "the lineage has no such world any more"
    case .contradiction: "the store has another answer to a question in the same world"
    case .unrecordedSource: "they rest on sources that the image does not have"
    case .conflict: "the store has another source of the same key in the same world"
    case .quarantined: "their keys are quarantined"
    case .outsideDeclaredRange: "their generators declared other worlds"
    }
  }
}

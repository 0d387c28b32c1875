import CacheIdentity
import SourceCodec
import SourceStore

/// Collects traces and writes them as a system image. Equal traces give an equal file, in whatever order they were added.
///
/// Of several traces of one key the last one added counts. Texts, digests, questions and sources are kept once, however many
/// traces have them.
public struct ImageBuilder {
  let lineage: String
  let world: WorldAge
  let state: Digest?

  var keys = Interned<SourceKey>()
  /// By the number of the key; `nil` for keys that are only asked about.
  var entries: [BuilderEntry?] = []
  var edges: [BuilderEdge] = []
  var answers = Interned<BuilderAnswer>()
  var questions = Interned<Question>()
  var digests = Interned<Digest>()
  /// By the number of the digest.
  var subjects: [String] = []
  var owners = Interned<Digest>()
  var ownerNames: [String] = []
  var methods = Interned<Digest>()
  var descriptions: [BuilderDescription] = []
  var processes = Interned<ProcessIdentity>()
  var specializations = Interned<String>()
  var codecs = Interned<String>()
  var contents = Interned<Digest>()
  var payloads = Payloads()

  /// Starts an image without entries.
  ///
  /// - Parameters:
  ///   - lineage: The lineage from which the traces come.
  ///   - world: The world in which they hold.
  ///   - state: The digest of the definitions under which all of them hold; `nil` if they come from different states.
  ///     With a state, traces that contradict each other's answers are left out, but for those that rest on the answer
  ///     added last.
  public init(lineage: String, world: WorldAge, state: Digest?) {
    self.lineage = lineage
    self.world = world
    self.state = state
  }

  /// The number of keys so far; some may be left out when the image is written.
  public private(set) var count = 0

  /// Adds a trace; it replaces an earlier one of its key.
  public mutating func add(_ trace: NewTrace) {
    let key = number(of: trace.key)
    let firstEdge = edges.count
    for edge in trace.edges { edges.append(self.edge(edge)) }
    let owner = owners.number(of: trace.key.owner)
    ownerNames.setSmallest(trace.owner.name, at: owner)
    let method = methods.number(of: trace.key.methodHash)
    descriptions.setSmallest(BuilderDescription(method: trace.method, generator: trace.generator), at: method)
    if entries[key] == nil { count += 1 }
    entries[key] = BuilderEntry(
      specialization: UInt32(specializations.number(of: trace.specialization)),
      process: UInt32(processes.number(of: trace.provenance.process)),
      content: trace.source.map { UInt32(content($0)) }, edges: firstEdge..<edges.count,
      isBounded: !trace.declared.isOpen, generatedAt: trace.provenance.generatedAt,
      nanoseconds: trace.provenance.generationNanoseconds, world: trace.world.number,
      declared: trace.declared.min.number)
  }

  /// Adds all traces of an image. Its lineage, world and state count for nothing.
  public mutating func add(contentsOf image: SystemImage) throws(ImageError) {
    var reader = TraceReader(image)
    for number in 0..<image.header.entries { add(try reader.trace(of: try image.existingEntry(number))) }
  }

  private mutating func edge(_ edge: Edge) -> BuilderEdge {
    let digest = digests.number(of: edge.answer.digest)
    subjects.setSmallest(edge.answer.subject, at: digest)
    if case .source(let key, _) = edge.question {
      return .source(key: UInt32(number(of: key)), digest: UInt32(digest))
    }
    let answer = BuilderAnswer(
      question: UInt32(questions.number(of: edge.question)), digest: UInt32(digest))
    return .answer(UInt32(answers.number(of: answer)))
  }

  private mutating func number(of key: SourceKey) -> Int {
    let number = keys.number(of: key)
    if number == entries.count { entries.append(nil) }
    return number
  }

  private mutating func content(_ source: EncodedSource) -> Int {
    let number = contents.number(of: source.digest)
    if number == payloads.codecs.count {
      payloads.append(source.payload, codec: UInt32(codecs.number(of: source.codec)))
    }
    return number
  }
}

/// What the builder keeps of a trace.
struct BuilderEntry {
  var specialization: UInt32
  var process: UInt32
  /// `nil` if the generator declined.
  var content: UInt32?
  var edges: Range<Int>
  /// Whether the generator declared an end of validity.
  var isBounded: Bool
  var generatedAt: Int64
  var nanoseconds: Int64
  var world: Int64
  var declared: Int64
}

enum BuilderEdge {
  case answer(UInt32)
  case source(key: UInt32, digest: UInt32)
}

struct BuilderAnswer: Hashable {
  var question: UInt32
  var digest: UInt32
}

/// Byte strings, one behind the other: an array of its own for each would take as much again.
struct Payloads {
  private(set) var codecs: [UInt32] = []
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  mutating func append(_ payload: [UInt8], codec: UInt32) {
    codecs.append(codec)
    bytes += payload
    ends.append(bytes.count)
  }

  /// The number of bytes of all.
  var totalCount: Int { bytes.count }

  subscript(number: Int) -> ArraySlice<UInt8> { bytes[(number == 0 ? 0 : ends[number - 1])..<ends[number]] }
}

struct BuilderDescription: Comparable {
  var texts: [String]

  init(method: MethodDescription, generator: GeneratorFingerprint) {
    texts = [
      method.module, method.table, method.signature.function, method.signature.arguments, method.location,
      generator.generator, generator.version,
    ]
  }

  static func < (left: BuilderDescription, right: BuilderDescription) -> Bool {
    left.texts.lexicographicallyPrecedes(right.texts)
  }
}

/// Values, numbered from 0 in the order in which they came.
struct Interned<Value: Hashable> {
  private(set) var values: [Value] = []
  private var numbers: [Value: Int] = [:]

  /// The number of a value; a new one if it is new.
  mutating func number(of value: Value) -> Int {
    if let number = numbers[value] { return number }
    numbers[value] = values.count
    values.append(value)
    return values.count - 1
  }

  /// The number of a value, if it has one.
  func existing(_ value: Value) -> Int? { numbers[value] }
}

extension Array where Element: Comparable {
  /// Puts a value behind the last one, or keeps the smaller one: what people read of something must not depend on the order in
  /// which it came.
  fileprivate mutating func setSmallest(_ value: Element, at position: Int) {
    if position == count { append(value) } else if value < self[position] { self[position] = value }
  }
}

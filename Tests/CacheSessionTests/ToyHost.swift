import CacheIdentity
import CacheSession
import SourceCodec
import SourceStore
import Synchronization
import SystemImage

/// Source of the toy language: a text.
struct ToySource: SourceCodable, Hashable, ExpressibleByStringLiteral {
  static let codec = CodecIdentity(name: "toy", version: 1)
  var text: String

  init(_ text: String) { self.text = text }
  init(stringLiteral text: String) { self.text = text }
  func encode(into writer: inout ByteWriter) { writer.write(text: text) }
  init(from reader: inout ByteReader) throws(DecodingFailure) { text = try reader.readText() }
}

/// A method instance that is just a name.
struct ToyInstance: MethodInstance, Hashable {
  let name: String

  var definition: Digest { digest("definition", name) }
  var instance: Digest { digest("instance", name) }
  var method: MethodDescription {
    MethodDescription(
      module: "Toy", table: "global", signature: Signature(function: name, arguments: "()"), location: "toy:1:1")
  }
  var specialization: String { name }

  private func digest(_ domain: String, _ text: String) -> Digest {
    var builder = DigestBuilder(domain: domain)
    builder.add("text", text)
    return builder.finalize()
  }
}

/// What a recipe can do while it generates: every read and request is an edge.
struct Cook {
  let host: ToyHost
  let context: GenerationContext<ToySource>

  /// Reads a binding in the world of the generation.
  func read(_ name: String) -> String {
    let value = host.value(of: name, in: context.world)
    context.record(.binding(module: "Toy", name: name), ToyHost.answer(value))
    return value ?? "undefined"
  }

  /// The generated source of another instance.
  func source(_ name: String, by generator: String = "toy") throws -> String {
    try context.source(
      for: ToyInstance(name: name), owner: .native, generator: ToyGenerator(host: host, name: generator))?.text
      ?? "declined"
  }
}

/// A host whose definitions are bindings of texts, kept for every world.
final class ToyHost: DefinitionState, Sendable {
  typealias Recipe = @Sendable (Cook) throws -> GeneratedSource<ToySource>

  private struct State {
    var worlds: [[String: String]] = [[:], [:]]
    var recipes: [String: Recipe] = [:]
  }

  private let contents = Mutex(State())

  init(_ bindings: [String: String] = [:]) { contents.withLock { $0.worlds[1] = bindings } }

  var generator: ToyGenerator { ToyGenerator(host: self) }

  /// Says how the source of an instance is made.
  func cook(_ name: String, _ recipe: @escaping Recipe) { contents.withLock { $0.recipes[name] = recipe } }
  /// The same, for a recipe that makes a text.
  func cook(_ name: String, text recipe: @escaping @Sendable (Cook) throws -> String) {
    cook(name) { GeneratedSource(ToySource(try recipe($0))) }
  }

  /// Changes bindings in one new world; `nil` takes one away.
  func define(_ changes: [String: String?]) {
    contents.withLock { state in
      var bindings = state.worlds[state.worlds.count - 1]
      for (name, value) in changes { bindings[name] = value }
      state.worlds.append(bindings)
    }
  }

  /// Changes bindings of the newest world itself, as no host should.
  func redefine(_ changes: [String: String]) {
    contents.withLock { $0.worlds[$0.worlds.count - 1].merge(changes) { $1 } }
  }

  func value(of name: String, in world: HostWorld) -> String? {
    contents.withLock { $0.worlds[min(Int(world.number), $0.worlds.count - 1)][name] }
  }

  func run(_ name: String, _ context: GenerationContext<ToySource>) throws -> GeneratedSource<ToySource> {
    guard let recipe = contents.withLock({ $0.recipes[name] }) else { return GeneratedSource(nil) }
    return try recipe(Cook(host: self, context: context))
  }

  var world: HostWorld { contents.withLock { HostWorld(UInt64($0.worlds.count - 1)) } }

  var state: Digest {
    var digest = StateDigest()
    for (name, value) in contents.withLock({ $0.worlds[$0.worlds.count - 1] }) {
      var builder = DigestBuilder(domain: "toy binding")
      builder.add("name", name)
      builder.add("value", value)
      digest.insert(builder.finalize())
    }
    return digest.digest
  }

  func answer(_ question: Question) -> Answer? {
    guard case .binding("Toy", let name) = question else { return nil }
    return ToyHost.answer(value(of: name, in: world))
  }

  func request(_ request: SourceRequest, in context: GenerationContext<ToySource>) throws {
    _ = try context.source(
      for: ToyInstance(name: request.specialization), owner: request.owner,
      generator: ToyGenerator(host: self, name: request.generator))
  }

  static func answer(_ value: String?) -> Answer {
    guard let value else { return .none }
    var builder = DigestBuilder(domain: "toy value")
    builder.add("value", value)
    return Answer(digest: builder.finalize(), subject: value)
  }
}

/// A generator that follows a host's recipes.
struct ToyGenerator: CachedGenerator {
  let host: ToyHost
  var name = "toy"
  var version: String? { "1" }

  func generate(
    _ instance: ToyInstance, owner: Owner, context: GenerationContext<ToySource>
  ) throws -> GeneratedSource<ToySource> { try host.run(instance.name, context) }
}

/// A kitchen is a host with a session and the log of its events.
final class Kitchen: Sendable {
  let host: ToyHost
  let session: CacheSession<ToySource>
  private let events: EventLog

  init(
    _ host: ToyHost, store: SourceStore?, images: [SystemImage] = [],
    _ change: (inout SessionOptions) -> Void = { _ in }
  ) {
    let events = EventLog()
    var options = SessionOptions()
    options.observer = { events.append($0) }
    change(&options)
    self.host = host
    self.events = events
    session = CacheSession(store: store, images: images, definitions: host, options: options)
  }

  /// Asks for a source.
  func serve(_ name: String, at world: HostWorld? = nil) throws -> String? {
    try session.source(for: ToyInstance(name: name), generator: host.generator, at: world)?.text
  }

  /// Changes bindings, and tells the session.
  func define(_ changes: [String: String?]) {
    host.define(changes)
    session.redefine(Set(changes.keys.map { Subject.binding(module: "Toy", name: $0) }))
  }

  /// The names of what was generated since the last call.
  func generated() -> [String] {
    events.take().compactMap { if case .generated(_, let name, _) = $0 { name } else { nil } }
  }

  /// The events since the last call.
  func takeEvents() -> [CacheEvent] { events.take() }

  private final class EventLog: Sendable {
    private let events = Mutex<[CacheEvent]>([])
    func append(_ event: CacheEvent) { events.withLock { $0.append(event) } }
    func take() -> [CacheEvent] {
      events.withLock { events in
        defer { events = [] }
        return events
      }
    }
  }
}

/// A generator that has not opted in to be cached.
struct PlainGenerator: SourceGenerator {
  let host: ToyHost
  let recipe: ToyHost.Recipe
  var name: String { "plain" }

  func generate(
    _ instance: ToyInstance, owner: Owner, context: GenerationContext<ToySource>
  ) throws -> GeneratedSource<ToySource> { try recipe(Cook(host: host, context: context)) }
}

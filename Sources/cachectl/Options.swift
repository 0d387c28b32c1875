import ArgumentParser
import BloatReport
import CacheIdentity
import SourceStore
import SystemImage

/// Where the store is: the same for every command.
struct StoreOptions: ParsableArguments {
  @Option(
    name: .customLong("store"),
    help: ArgumentHelp(
      "The store's file. Default: CACHECTL_STORE, else worldcache/store.sqlite in the user's cache directory.",
      valueName: "path"),
    completion: .file())
  var explicitPath: String?

  /// The store's path.
  func path() throws(CommandError) -> String {
    if let path = explicitPath ?? Environment["CACHECTL_STORE"] { return path }
    if let cache = Environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return cache + "/worldcache/store.sqlite" }
    guard let home = Environment["HOME"] else { throw .noStorePath }
    return home + "/.cache/worldcache/store.sqlite"
  }

  /// The store, only to be read.
  func openForReading() throws -> SourceStore { try SourceStore(.readOnlyFile(try path())) }

  /// The store, which must be there.
  func openForWriting() throws -> SourceStore { try SourceStore(.existingFile(try path())) }

  /// A store for a program, made if need be. That it cannot be opened is a warning: the program matters more (W15).
  static func openOrWarn(_ path: String) -> SourceStore? {
    do throws(StoreError) {
      return try SourceStore(.file(path))
    } catch {
      StandardError.write("cachectl: warning: running without a store: \(ErrorReport(error)?.message ?? path)\n")
      return nil
    }
  }
}

/// The images under a program's session.
struct ImageLayerOptions: ParsableArguments {
  @Option(
    name: .customLong("image"),
    help: ArgumentHelp("A system image to serve sources from; later ones lie over earlier ones.", valueName: "file"),
    completion: .file())
  var paths: [String] = []

  @OptionGroup var trust: TrustOptions

  /// The images. Where a signature is demanded, opening reads all of them, for the signature covers every byte.
  func open() throws -> [SystemImage] {
    let keys = try trust.keys()
    return try paths.map { try SystemImage($0, trusting: keys) }
  }
}

/// Whether output is for programs.
struct JSONOptions: ParsableArguments {
  @Flag(name: .customLong("json"), help: "Print JSON.")
  var isJSON = false
}

/// Which code instances a command is about.
struct InstanceFilterOptions: ParsableArguments {
  @Option(help: "Only this function, or this specialization, such as 'sin(Float64)'.")
  var method: String?

  @Option(help: "Only this generator: its name, or name@version.")
  var generator: String?

  @Option(help: "Only this owner.")
  var owner: String?

  @Option(help: "Only this lineage.")
  var lineage: String?

  @Option(
    name: [.customLong("at"), .customLong("world")],
    help: ArgumentHelp("Only what holds in this world.", valueName: "world"))
  var world: Int64?

  func validate() throws {
    if let world, world < 1 { throw ValidationError("A world is a number from 1 on, not \(world).") }
  }

  var filter: InstanceFilter {
    var filter = InstanceFilter()
    (filter.method, filter.generator, filter.owner, filter.lineage) = (method, generator, owner, lineage)
    filter.world = world.map { WorldAge($0) }
    return filter
  }
}

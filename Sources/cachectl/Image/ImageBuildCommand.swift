import ArgumentParser
import CacheIdentity
import SourceStore
import SystemImage

struct ImageBuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Builds an image of what a store serves in one world.",
    discussion: """
      Takes the head of lineage main, unless --lineage and --at say otherwise. The same content gives the same bytes. What \
      rests on a source that is not taken is left out too, for it could not be checked where the image is used.

      EXAMPLE: cachectl image build --output app.image
      EXAMPLE: cachectl image build --at 12 --generator overlay --output overlay.image --sign release.key
      """)

  @OptionGroup var target: ImageOutputOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var which: InstanceFilterOptions
  @OptionGroup var json: JSONOptions

  func run() throws {
    let options = try target.options()
    let store = try store.openForReading()
    let name = which.lineage ?? "main"
    guard let lineage = try store.lineage(named: name) else {
      throw ImageCommandError.noLineage(name, store: store.path, known: try store.lineages().map(\.name))
    }
    let world = which.filter.world ?? lineage.head
    guard let state = try store.state(of: lineage.id, at: world) else {
      throw ImageCommandError.noWorld(world, lineage: name, oldest: lineage.oldest, head: lineage.head)
    }

    var building = ImageBuilding(ImageBuilder(lineage: name, world: world, state: state), path: target.output)
    try store.exportTraces(lineage: lineage.id, at: world, where: which.filter) { try building.add($0) }
    try building.finish(options, json)
  }
}

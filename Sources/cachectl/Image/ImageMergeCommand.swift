import ArgumentParser
import CacheIdentity
import SystemImage

struct ImageMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Makes one image of several.",
    discussion: """
      Where several have the same key, the last one counts. If all are of the same state of definitions, so is the result; if \
      not, each process that attaches it asks its questions, and it cannot be loaded into a store. One image alone can be \
      signed this way.

      EXAMPLE: cachectl image merge base.image app.image --output all.image
      """)

  @Argument(help: "The images.", completion: .file(extensions: ["image"]))
  var images: [String]

  @OptionGroup var target: ImageOutputOptions
  @OptionGroup var trust: TrustOptions
  @OptionGroup var json: JSONOptions

  func run() throws {
    let options = try target.options()
    let images = try images.map { try trust.openWhole($0) }
    guard let last = images.last else { return }
    let isOneState = images.allSatisfy { $0.header.state == last.header.state }
    var building = ImageBuilding(
      ImageBuilder(
        lineage: last.header.lineage, world: last.header.world, state: isOneState ? last.header.state : nil),
      path: target.output)
    for image in images {
      try image.forEachTrace { _, trace in
        try building.add(trace)
        return true
      }
    }
    try building.finish(options, json)
  }
}

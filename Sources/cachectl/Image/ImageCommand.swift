import ArgumentParser

struct ImageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image",
    abstract: "Builds, signs, checks, compares, merges, loads and looks into system images.",
    discussion: """
      An image is one immutable file of generated sources, with all that they rest on. Build it where sources are \
      generated, ship it, and attach it with 'run --image', or load it into a store.

      EXAMPLE: cachectl image build --output app.image
      """,
    subcommands: [
      ImageBuildCommand.self, ImageInspectCommand.self, ImageVerifyCommand.self, ImageDiffCommand.self,
      ImageMergeCommand.self, ImageLoadCommand.self, ImageExtractCommand.self, ImageKeygenCommand.self,
    ])
}

import Foundation
import SystemImage
import Testing

/// A program with its store, and images in the folder beside it.
final class ImageFolder {
  let program: Program

  init() throws { program = try Program() }

  func path(_ name: String) -> String { program.folder.appendingPathComponent(name).path }

  func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }

  func write(_ bytes: Data, _ name: String) throws { try bytes.write(to: URL(fileURLWithPath: path(name))) }

  /// The names of the files that begin like this.
  func names(_ prefix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: program.folder.path).filter { $0.hasPrefix(prefix) }.sorted()
  }

  /// Runs `cachectl image` with the program's store; names of images and keys are files of this folder.
  func image(_ arguments: String..., store: String? = nil) throws -> Command.Result {
    let withStore = ["build", "load"].contains(arguments.first) ? ["--store", store ?? program.store] : []
    return try Command.run(["image"] + arguments.map { isFile($0) ? path($0) : $0 } + withStore)
  }

  /// Runs a program, then builds an image of what it left.
  @discardableResult
  func build(_ name: String, _ options: String..., from text: String = Program.text) throws -> [String: Any] {
    _ = try program.figures(text)
    let result = try Command.run(
      ["image", "build", "--output", path(name), "--store", program.store, "--json"]
        + options.map { isFile($0) ? path($0) : $0 })
    #expect(result.status == 0, "\(result.error)")
    return try result.object()
  }

  private func isFile(_ word: String) -> Bool {
    word.hasSuffix(".image") || word.hasSuffix(".key") || word.hasSuffix(".pub") || word.hasSuffix(".out")
  }
}

extension Program {
  /// With another `weight`, which the generator of `weighted` calls.
  var reweighted: String { edited("add_int(position, 1)\ncached", "add_int(position, 2)\ncached") }
}

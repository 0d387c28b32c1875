import ArgumentParser
import Foundation

/// A process that does one thing to a file that others use too. Started by groups, not by people.
struct WorkerCommand: ParsableCommand {
  enum Task: String, ExpressibleByArgument, CaseIterable {
    case readStore, readBare, readLMDB, writeStore, writeBare
  }

  static let configuration = CommandConfiguration(commandName: "worker", shouldDisplay: false)

  @Argument var task: Task
  @Argument var path: String
  /// Of the sources in the file.
  @Argument var count: Int
  @Argument var operations: Int
  /// From 0 on; each writer writes other sources.
  @Argument var number: Int

  func run() throws {
    let body = try prepared()
    // Whoever started this waits until all are ready, and tells them to begin.
    StandardOutput.write("ready\n")
    _ = readLine()
    let time = try nanoseconds(body)
    StandardOutput.write("\(time)\n")
  }

  private func prepared() throws -> () throws -> Void { {} }
}

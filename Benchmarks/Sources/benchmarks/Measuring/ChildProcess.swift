import Foundation

/// A program that runs as a process of its own; its standard error is ours.
final class ChildProcess {
  struct Failure: Error, CustomStringConvertible {
    var arguments: [String]
    var status: Int32
    var description: String { "\(arguments.joined(separator: " ")) ended with status \(status)" }
  }

  private let process = Process()
  private let (input, pipe) = (Pipe(), Pipe())
  private let arguments: [String]

  /// Starts it in the working directory.
  init(_ program: String, _ arguments: [String]) throws {
    self.arguments = [program] + arguments
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = pipe
    try process.run()
  }

  /// Waits for a line of its output; empty at the end.
  func line() -> String {
    var bytes: [UInt8] = []
    while let byte = pipe.fileHandleForReading.readData(ofLength: 1).first, byte != UInt8(ascii: "\n") {
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes a line to its input.
  func write(line: String) { input.fileHandleForWriting.write(Data((line + "\n").utf8)) }

  /// Waits for its end; returns what it wrote and was not read.
  func output() throws -> Data {
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw Failure(arguments: arguments, status: process.terminationStatus)
    }
    return data
  }
}

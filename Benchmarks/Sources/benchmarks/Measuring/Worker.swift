import ArgumentParser
import Foundation
import WorldCache

/// A process that uses a file together with others. Started by groups, not by people.
struct WorkerCommand: ParsableCommand {
  enum Job: String, ExpressibleByArgument, CaseIterable {
    case readStore, readBare, readLMDB, writeStore, writeBare
    /// Open an image or its peer, and say by how much resident memory has grown when so many sources were read.
    case residentImage, residentLMDB
  }

  static let configuration = CommandConfiguration(commandName: "worker", shouldDisplay: false)

  @Argument var job: Job
  /// The folder of a ``PeerFiles``, or of ``ImageFiles``.
  @Argument var path: String
  /// The number of sources in the files.
  @Argument var count: Int
  @Argument var operations: Int
  /// From 0 on; each writer writes other sources.
  @Argument var number: Int

  func run() throws {
    if job == .residentImage || job == .residentLMDB { return try sayResident() }
    let body = try prepared()
    // Whoever started this waits until all are ready, and tells them to begin.
    StandardOutput.write("ready\n")
    _ = readLine()
    try body()
    StandardOutput.write("done\n")
  }

  private func prepared() throws -> () throws -> Void {
    let peers = PeerFiles(Workload(count: count), openingAt: path)
    switch job {
    case .readStore: return try reading(peers.storeReader(SourceStore(.existingFile(peers.storePath))))
    case .readBare: return try reading(peers.bareReader())
    case .readLMDB:
      #if Peers
        return try reading(peers.lmdbReader())
      #else
        throw ExitCode.failure
      #endif
    case .writeStore, .writeBare: return try writing(peers)
    case .residentImage, .residentLMDB: return {}
    }
  }

  private func sayResident() throws {
    let files = ImageFiles(Workload(count: count), openingAt: path)
    let indices = (0..<operations).map { Int(SeededGenerator.mix(UInt64($0)) % UInt64(count)) }
    StandardOutput.write("ready\n")
    _ = readLine()
    let before = ResidentMemory.bytes
    var reader: Contender?
    if job == .residentImage { reader = try files.imageReader(ImageFiles.image, files.imagePath) }
    #if Peers
      if job == .residentLMDB { reader = try files.lmdbReader() }
    #endif
    blackHole(try reader?.run(indices[...]))
    StandardOutput.write("\(ResidentMemory.bytes - before)\n")
  }

  private func reading(_ reader: Contender) throws -> () throws -> Void {
    var random = SeededGenerator(seed: UInt64(number))
    let indices = (0..<operations).map { _ in Int.random(in: 0..<count, using: &random) }
    blackHole(try reader.run(indices[..<min(100, operations)]))
    return { blackHole(try reader.run(indices[...])) }
  }

  /// In batches of 100.
  private func writing(_ peers: PeerFiles) throws -> () throws -> Void {
    let first = count + number * operations
    let workload = Workload(count: first + operations, questions: count / 10)
    let writer =
      job == .writeStore
      ? try Writers.store(SourceStore(.existingFile(peers.storePath)), workload)
      : Writers.bare(try BareSQLite(path: peers.barePath), workload)
    let commits = try stride(from: first, to: first + operations, by: 100).map {
      try writer.prepare($0..<min($0 + 100, first + operations))
    }
    return { for commit in commits { try commit() } }
  }
}

/// How many operations a second several processes do together; the time is that of the slowest.
func throughput(ofProcesses processes: Int, doing job: WorkerCommand.Job, operations: Int, _ peers: PeerFiles) throws
  -> Double
{
  let workers = try (0..<processes).map { number in
    try ChildProcess(
      CommandLine.arguments[0],
      ["worker", job.rawValue, peers.folder, "\(peers.workload.count)", "\(operations)", "\(number)"])
  }
  for worker in workers where worker.line() != "ready" { _ = try worker.output() }
  let start = Instant.now
  for worker in workers { worker.write(line: "go") }
  for worker in workers { _ = worker.line() }
  let time = start.elapsed
  for worker in workers { _ = try worker.output() }
  return Double(operations * processes) / time * 1e9
}

/// The pages that this process has in memory, those of mapped files included.
enum ResidentMemory {
  static var bytes: Int {
    // The second number: resident pages.
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}

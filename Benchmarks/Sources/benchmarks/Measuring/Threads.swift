import Foundation
import Synchronization

/// How many operations a second several threads do together, each with a reader of its own.
///
/// All begin at once; the time is that of the slowest.
func throughput(of readers: [Contender], operations: Int, over count: Int) throws -> Double {
  let threads = readers.enumerated().map { number, reader in
    var random = SeededGenerator(seed: UInt64(number))
    return ReadingThread(reader, (0..<operations).map { _ in Int.random(in: 0..<count, using: &random) })
  }
  for thread in threads { thread.isReady.wait() }
  let start = Instant.now
  for thread in threads { thread.mayBegin.signal() }
  for thread in threads { thread.hasEnded.wait() }
  let time = start.elapsed
  for thread in threads { try thread.result.withLock { try $0.get() } }
  return Double(operations * readers.count) / time * 1e9
}

/// Handed over to one thread as a whole, which alone uses the reader.
private final class ReadingThread: @unchecked Sendable {
  let isReady = DispatchSemaphore(value: 0)
  let mayBegin = DispatchSemaphore(value: 0)
  let hasEnded = DispatchSemaphore(value: 0)
  let result = Mutex<Result<Void, any Error>>(.success(()))
  private let reader: Contender
  private let indices: [Int]

  init(_ reader: Contender, _ indices: [Int]) {
    self.reader = reader
    self.indices = indices
    Thread.detachNewThread { [self] in
      isReady.signal()
      mayBegin.wait()
      let ended = Result { blackHole(try self.reader.run(self.indices[...])) }
      result.withLock { $0 = ended }
      hasEnded.signal()
    }
  }
}

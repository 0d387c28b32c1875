import Synchronization

/// What a thread needs for itself while it compresses or decompresses.
protocol CompressionContext: AnyObject, Sendable {
  /// Makes one; `nil` if there is no memory.
  init?()
}

/// Contexts that no thread uses at the moment; there are never more than threads that used one at once.
final class ContextPool<Context: CompressionContext>: Sendable {
  private let idle = Mutex<[Context]>([])

  func take() -> Context? { idle.withLock { $0.popLast() } ?? Context() }

  func give(back context: Context) { idle.withLock { $0.append(context) } }
}

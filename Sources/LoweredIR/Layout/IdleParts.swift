import Synchronization

/// Parts that no thread uses at the moment: mostly the same, and further ones after threads that used some at once. They are kept for good.
///
/// Invariant: what stands here is empty, and one thread has it once it is taken.
struct IdleParts: ~Copyable, @unchecked Sendable {
  private let first = Atomic<UnsafeMutablePointer<LayoutParts>?>(nil)
  private let further = Mutex<[Handle]>([])

  private struct Handle: @unchecked Sendable { let parts: UnsafeMutablePointer<LayoutParts> }

  borrowing func take() -> UnsafeMutablePointer<LayoutParts> {
    first.exchange(nil, ordering: .acquiring) ?? takeFurther()
  }

  @inline(never) private borrowing func takeFurther() -> UnsafeMutablePointer<LayoutParts> {
    if let handle = further.withLock({ $0.popLast() }) { return handle.parts }
    let place = UnsafeMutablePointer<LayoutParts>.allocate(capacity: 1)
    place.initialize(to: LayoutParts())
    return place
  }

  borrowing func giveBack(_ parts: UnsafeMutablePointer<LayoutParts>) {
    guard !first.compareExchange(expected: nil, desired: parts, ordering: .releasing).exchanged else { return }
    let handle = Handle(parts: parts)
    further.withLock { $0.append(handle) }
  }
}

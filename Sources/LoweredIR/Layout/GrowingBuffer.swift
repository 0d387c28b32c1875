/// Memory that is filled, emptied and filled again. An array would count its references and check its capacity in more steps each time.
///
/// Invariant: the first `count` elements are initialized.
struct GrowingBuffer<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  init(repeating element: Element, count: Int) {
    self.init(capacity: count)
    base.initialize(repeating: element, count: count)
    self.count = count
  }

  deinit { base.deallocate() }

  /// What was appended; not to be kept beyond the next change.
  var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

  @inline(__always) mutating func append(_ element: Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    // No more than the capacity.
    count &+= 1
  }

  /// Makes room for so many elements: whoever writes them there, in order, tells it by ``added(_:)``.
  @inline(__always) mutating func makeRoom(for number: Int) -> UnsafeMutablePointer<Element> {
    if number > capacity &- count { grow(for: number) }
    return base + count
  }

  /// Counts elements that were written where ``makeRoom(for:)`` said.
  @inline(__always) mutating func added(_ number: Int) { count &+= number }

  @inline(never) private mutating func grow(for number: Int = 1) {
    let old = base
    capacity = max(2 * capacity, count + number)
    base = .allocate(capacity: capacity)
    base.initialize(from: old, count: count)
    old.deallocate()
  }

  /// How much memory the elements take.
  var size: Int { count &* MemoryLayout<Element>.stride }

  /// Copies all to a place that has room for them and is aligned, and moves that behind them.
  func copy(to place: inout UnsafeMutableRawPointer) -> UnsafeBufferPointer<Element> {
    guard count > 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
    let target = place.bindMemory(to: Element.self, capacity: count)
    target.initialize(from: base, count: count)
    place += size
    return UnsafeBufferPointer(start: target, count: count)
  }

  mutating func removeLast(_ number: Int) { count -= number }

  /// Empties; keeps the memory if it is not more than a usual code needs.
  mutating func clear(keeping usual: Int) {
    count = 0
    if capacity > usual { shrink(to: usual) }
  }

  @inline(never) private mutating func shrink(to usual: Int) {
    base.deallocate()
    capacity = usual
    base = .allocate(capacity: usual)
  }
}

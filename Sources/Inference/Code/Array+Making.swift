// Making an array element by element in its place. `map` makes a `ContiguousArray` first, which asks the allocator for its size and
// checks room for each element: three times the work for the short arrays of calls.

extension Array {
  /// So many elements, each made for its position.
  @inline(__always)
  init(count: Int, each element: (Int) -> Element) {
    self.init(unsafeUninitializedCapacity: count) { places, made in
      while made < count {
        places.initializeElement(at: made, to: element(made))
        made += 1
      }
    }
  }
}

import BloatReport

/// Writes a JSON array one element at a time.
struct JSONArrayWriter {
  private var isEmpty = true

  mutating func write(_ element: JSON, to output: inout Output) {
    output.write(isEmpty ? "[\n" : ",\n")
    isEmpty = false
    output.write(element.compact)
  }

  func finish(_ output: inout Output) { output.write(isEmpty ? "[]\n" : "\n]\n") }
}

import CacheIdentity
import SourceCodec

/// The sources as they are stored, with their offsets: the index, which comes first, needs them.
struct ContentPlan {
  let dictionary: CompressionDictionary?
  /// Each content's bytes in the section, in the order of the plan.
  private(set) var stored: [[UInt8]] = []
  /// Each content's offset in the section.
  private(set) var offsets: [Int] = []
  /// The section's size.
  private(set) var size = 1

  init(
    _ plan: ImagePlan, _ options: ImageOptions, _ compression: SourceCompression,
    progress: (ImageSection.Name, Int, Int) throws(ImageError) -> Void
  ) throws(ImageError) {
    let builder = plan.builder
    dictionary =
      options.compresses
      ? ContentPlan.bestDictionary(for: plan.contents.old.lazy.map { builder.payloads[$0].payload }, compression) : nil
    stored.reserveCapacity(plan.contents.count)
    offsets.reserveCapacity(plan.contents.count)
    for (place, number) in plan.contents.old.enumerated() {
      if place & 0xfff == 0 { try progress(.sources, place, plan.contents.count) }
      let content = builder.payloads[number]
      let compressed = options.compresses ? compression.compress(content.payload.span.bytes, with: dictionary) : nil
      var writer = ByteWriter()
      // A few bytes less are not worth the time that decompressing takes.
      let isWorth = compressed.map { $0.count + 1 + content.payload.count / 4 < content.payload.count } ?? false
      let bytes = isWorth ? compressed ?? [] : content.payload
      writer.write(count: bytes.count << 1 | (isWorth ? 1 : 0))
      if plan.codecs.count != 1 { writer.write(byte: UInt8(plan.codecs[Int(content.codec)])) }
      if isWorth { writer.write(count: content.payload.count) }
      offsets.append(size)
      let head = writer.bytes
      size += head.count + bytes.count
      stored.append(head + bytes)
    }
  }

  /// Of dictionaries of several sizes, and none, the one with which a sample suggests that everything takes the fewest bytes.
  private static func bestDictionary(
    for payloads: some RandomAccessCollection<[UInt8]>, _ compression: SourceCompression
  ) -> CompressionDictionary? {
    let total = payloads.reduce(0) { $0 + $1.count }
    let stride = max(1, payloads.count / mostMeasured)
    let measured = payloads.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
    let measuredBytes = measured.reduce(0) { $0 + $1.count }
    guard measuredBytes > 0 else { return nil }

    func cost(_ dictionary: CompressionDictionary?) -> Int {
      let bytes = measured.reduce(0) { sum, payload in
        sum + (compression.compress(payload.span.bytes, with: dictionary)?.count ?? payload.count)
      }
      return (dictionary?.bytes.count ?? 0) + Int(Double(bytes) / Double(measuredBytes) * Double(total))
    }
    var best: (dictionary: CompressionDictionary?, cost: Int) = (nil, cost(nil))
    for capacity in capacities where capacity <= total / 4 {
      let step = max(1, total / (capacity * samplesPerByte))
      let samples = payloads.enumerated().lazy.filter { $0.offset % step == 0 }.map(\.element)
      guard let dictionary = CompressionDictionary.train(on: samples, capacity: capacity) else { continue }
      let cost = cost(dictionary)
      if cost < best.cost { best = (dictionary, cost) }
    }
    return best.dictionary
  }

  private static let capacities = [1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15, 1 << 16]
  /// How many bytes of samples a dictionary is trained on, for each of its own.
  private static let samplesPerByte = 50
  private static let mostMeasured = 4096
}

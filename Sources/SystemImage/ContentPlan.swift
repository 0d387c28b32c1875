import CacheIdentity
import SourceCodec

/// The sources as they are stored, with their offsets: the index, which comes first, needs them.
struct ContentPlan {
  let dictionary: CompressionDictionary?
  /// The section's bytes.
  private(set) var stored: [UInt8] = [0]
  /// Each content's offset in the section.
  private(set) var offsets: [Int] = []

  /// The section's size.
  var size: Int { stored.count }

  init(
    _ plan: ImagePlan, _ options: ImageOptions, _ compression: SourceCompression,
    progress: (ImageSection.Name, Int, Int) throws(ImageError) -> Void
  ) throws(ImageError) {
    let payloads = plan.builder.payloads
    dictionary =
      options.compresses ? ContentPlan.bestDictionary(for: plan.contents.old, of: payloads, compression) : nil
    offsets.reserveCapacity(plan.contents.count)
    for (place, number) in plan.contents.old.enumerated() {
      if place & 0xfff == 0 { try progress(.sources, place, plan.contents.count) }
      offsets.append(stored.count)
      let payload = payloads[number]
      let compressed = options.compresses ? compression.compress(payload.span.bytes, with: dictionary) : nil
      var head = ByteWriter()
      // A few bytes less are not worth the time that decompressing takes.
      let isWorth = compressed.map { $0.count + 1 + payload.count / 4 < payload.count } ?? false
      let content = isWorth ? compressed?[...] ?? [] : payload
      head.write(count: content.count << 1 | (isWorth ? 1 : 0))
      if plan.codecs.count != 1 {
        head.write(byte: UInt8(truncatingIfNeeded: plan.codecs[Int(payloads.codecs[number])]))
      }
      if isWorth { head.write(count: payload.count) }
      stored += head.bytes
      stored += content
    }
  }

  /// Of dictionaries of several sizes, and none, the one with which a sample suggests that everything takes the fewest bytes.
  private static func bestDictionary(
    for contents: [Int], of payloads: Payloads, _ compression: SourceCompression
  ) -> CompressionDictionary? {
    let total = contents.reduce(0) { $0 + payloads[$1].count }
    func sample(every step: Int) -> [[UInt8]] {
      stride(from: 0, to: contents.count, by: step).map { Array(payloads[contents[$0]]) }
    }
    let measured = sample(every: max(1, contents.count / mostMeasured))
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
      let samples = sample(every: max(1, total / (capacity * samplesPerByte)))
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

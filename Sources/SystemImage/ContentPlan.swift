import CacheIdentity
import SourceCodec

/// The sources as they are stored, with their offsets: the index, which comes first, needs them.
struct ContentPlan {
  /// What compressed sources copy from; empty if that saves nothing.
  let dictionary: [UInt8]
  /// The section's bytes.
  private(set) var stored: [UInt8] = [0]
  /// Each content's offset in the section.
  private(set) var offsets: [Int] = []

  /// The section's size.
  var size: Int { stored.count }

  init(
    _ plan: ImagePlan, _ options: ImageOptions,
    progress: (ImageSection.Name, Int, Int) throws(ImageError) -> Void
  ) throws(ImageError) {
    let payloads = plan.builder.payloads
    let compressor = options.compresses ? ContentCompressor() : nil
    dictionary = compressor.map { ContentPlan.bestDictionary(for: plan.contents.old, of: payloads, $0) } ?? []
    offsets.reserveCapacity(plan.contents.count)
    for (place, number) in plan.contents.old.enumerated() {
      if place & 0xfff == 0 { try progress(.sources, place, plan.contents.count) }
      offsets.append(stored.count)
      let payload = payloads[number]
      // A few bytes less are not worth the time that decompressing takes.
      let compressed = compressor?.compress(payload, with: dictionary).flatMap {
        $0.count + 1 + payload.count / 4 < payload.count ? $0 : nil
      }
      let content = compressed ?? payload
      var head = ByteWriter()
      head.write(count: content.count << 1 | (compressed == nil ? 0 : 1))
      if plan.codecs.count != 1 {
        head.write(byte: UInt8(truncatingIfNeeded: plan.codecs[Int(payloads.codecs[number])]))
      }
      if compressed != nil { head.write(count: payload.count) }
      stored += head.bytes
      stored += content
    }
  }

  /// Of dictionaries of several sizes, and none, the one with which a sample suggests that everything takes the fewest bytes.
  private static func bestDictionary(
    for contents: [Int], of payloads: Payloads, _ compressor: ContentCompressor
  ) -> [UInt8] {
    let total = contents.reduce(0) { $0 + payloads[$1].count }
    func sample(every step: Int) -> [ArraySlice<UInt8>] {
      stride(from: 0, to: contents.count, by: step).map { payloads[contents[$0]] }
    }
    let measured = sample(every: max(1, contents.count / mostMeasured))
    let measuredBytes = measured.reduce(0) { $0 + $1.count }
    guard measuredBytes > 0 else { return [] }

    func cost(_ dictionary: [UInt8]) -> Int {
      let bytes = measured.reduce(0) { $0 + (compressor.compress($1, with: dictionary) ?? $1).count }
      return dictionary.count + Int(Double(bytes) / Double(measuredBytes) * Double(total))
    }
    var best: (dictionary: [UInt8], cost: Int) = ([], cost([]))
    for capacity in capacities where capacity <= total / 4 {
      let samples = sample(every: max(1, total / (capacity * samplesPerByte)))
      guard let trained = CompressionDictionary.train(on: samples.lazy.map { Array($0) }, capacity: capacity) else {
        continue
      }
      let dictionary = Array(trained.content)
      let cost = cost(dictionary)
      if cost < best.cost { best = (dictionary, cost) }
    }
    return best.dictionary
  }

  private static let capacities = [1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15, ContentBlock.largestDictionary]
  /// How many bytes of samples a dictionary is trained on, for each of its own.
  private static let samplesPerByte = 50
  private static let mostMeasured = 4096
}

import SourceCodec

/// Bytes that look like sources: few kinds, names that come again, numbers that differ. Equal seeds give equal samples.
enum Samples {
  static func sources(_ count: Int, size: Int, seed: UInt64 = 1) -> [[UInt8]] {
    var random = Random(state: seed)
    let names = ["getfield", "Base.add_int", "convert", "Core.apply_type", "overdub", "#self#", "iterate", "length"]
    return (0..<count).map { _ in
      var writer = ByteWriter()
      while writer.bytes.count < size {
        writer.write(byte: UInt8(random.next(below: 6)))
        writer.write(text: names[random.next(below: names.count)])
        writer.write(count: random.next(below: 300))
      }
      return Array(writer.bytes.prefix(size))
    }
  }

  static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = Random(state: seed)
    return (0..<count).map { _ in UInt8(random.next(below: 256)) }
  }
}

/// A generator of random numbers with a seed (SplitMix64).
struct Random {
  var state: UInt64

  mutating func next(below bound: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
    return Int((bits ^ bits >> 31) >> 1) % bound
  }
}

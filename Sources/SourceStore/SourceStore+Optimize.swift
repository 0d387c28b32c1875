import CacheIdentity
import SourceCodec

/// How far an optimization is.
public struct OptimizeProgress: Hashable, Sendable {
  /// The sources looked at so far.
  public let done: Int
  /// The sources there were at its beginning.
  public let total: Int
}

/// What an optimization did.
public struct OptimizeResult: Hashable, Sendable {
  /// The size of the store's files in bytes before.
  public var bytesBefore: Int64
  /// The same after.
  public var bytesAfter: Int64
  /// The dictionaries that were made.
  public var dictionaries = 0
  /// The sources that are stored in another form now.
  public var recompressed = 0
  /// Whether it came to its end.
  public var isComplete = false
}

extension SourceStore {
  /// Makes the file smaller and leaves what it says as it is: trains a dictionary for each codec from the store's own sources if that
  /// pays, compresses all sources with the newest one, abbreviates what many texts have, and writes the file anew without free pages.
  ///
  /// Each batch of sources commits by itself, so writers wait no longer than one takes, and readers not at all; the last step, which
  /// writes the file anew, is one transaction. Stopped at any point, it leaves a whole store, and the next run goes on. About 0.3 s for
  /// a dictionary and 10 us a source.
  ///
  /// - Parameter goOn: Told the progress after each batch; returns false to stop there.
  public func optimize(goOn: (OptimizeProgress) -> Bool = { _ in true }) throws(StoreError) -> OptimizeResult {
    var result = OptimizeResult(bytesBefore: fileBytes, bytesAfter: 0)
    defer { result.bytesAfter = fileBytes }
    let codecs = try read { connection throws(StoreError) in try connection.codecSizes() }
    let total = codecs.reduce(0) { $0 + $1.sources }
    var done = 0
    for codec in codecs {
      if try train(for: codec) { result.dictionaries += 1 }
      var last: SourceID? = SourceID(0)
      while let start = last {
        let batch = try write { connection throws(StoreError) in try connection.recompress(codec.id, after: start) }
        last = batch.last
        result.recompressed += batch.changed
        done += batch.count
        guard goOn(OptimizeProgress(done: min(done, total), total: total)) else {
          result.bytesAfter = fileBytes
          return result
        }
      }
    }
    try write { connection throws(StoreError) in try connection.deleteUnusedDictionaries() }
    try packTexts()
    try compact()
    result.isComplete = true
    result.bytesAfter = fileBytes
    return result
  }

  private func packTexts() throws(StoreError) {
    try write { connection throws(StoreError) in try connection.makeAbbreviations() }
    var last: TextID? = Connection.beforeTexts
    while let start = last {
      last = try write { connection throws(StoreError) in try connection.packTexts(after: start) }
    }
  }

  /// Adds a dictionary for a codec if a sample says that it pays.
  private func train(for codec: CodecSize) throws(StoreError) -> Bool {
    let (samples, present) = try write { connection throws(StoreError) in
      (try connection.samples(of: codec), try connection.newestDictionary(of: codec.id)?.1)
    }
    let choice = DictionaryChoice(samples: samples, present: present, rawBytes: codec.rawBytes)
    guard let made = choice.dictionary else { return false }
    try write { connection throws(StoreError) in try connection.add(made, for: codec.id) }
    return true
  }
}

/// How much a codec's sources take.
struct CodecSize {
  var id: Int64
  var sources: Int
  var rawBytes: Int64
}

/// Which dictionary to make: a function of a sample, apart from any effect.
struct DictionaryChoice {
  /// Below this a dictionary takes more than it saves.
  private static let fewestSamples = 32
  private static let capacities = 1_024...65_536

  /// The dictionary that pays; `nil` if none does, or the present one is as good.
  private(set) var dictionary: CompressionDictionary?

  /// - Parameters:
  ///   - present: What the codec's sources are compressed with so far; it costs nothing any more.
  ///   - rawBytes: The size of all sources of which the samples are some.
  init(samples: [[UInt8]], present: CompressionDictionary?, rawBytes: Int64) {
    guard samples.count >= DictionaryChoice.fewestSamples else { return }
    let sampled = samples.reduce(0) { $0 + $1.count }
    let factor = Double(rawBytes) / Double(max(1, sampled))
    func cost(_ dictionary: CompressionDictionary?) -> Double {
      Double(samples.reduce(0) { $0 + DictionaryChoice.size($1, dictionary) }) * factor
    }
    // A small gain is not worth writing every source anew.
    var best = (cost(present) * 0.97 - 256, nil as CompressionDictionary?)
    for share in [32, 16, 8] as [Int64] {
      let capacity = Int(min(max(rawBytes / share, 1_024), Int64(DictionaryChoice.capacities.upperBound)))
      guard let made = CompressionDictionary.train(on: samples, capacity: capacity) else { continue }
      let total = cost(made) + Double(made.bytes.count)
      if total < best.0 { best = (total, made) }
      if capacity == DictionaryChoice.capacities.upperBound { break }
    }
    dictionary = best.1
  }

  private static func size(_ sample: [UInt8], _ dictionary: CompressionDictionary?) -> Int {
    guard let dictionary else { return sample.count }
    return Connection.compression.compress(sample.span.bytes, with: dictionary)?.count ?? sample.count
  }
}

extension Connection {
  private static let recompressionBatch = 1_000
  /// What one dictionary is trained from at most: 100 times its largest size.
  private static let sampleBytes: Int64 = 6_553_600

  fileprivate func codecSizes() throws(StoreError) -> [CodecSize] {
    try all(
      "SELECT codec, count(*), total(raw_size) FROM source WHERE bytes IS NOT NULL GROUP BY codec ORDER BY codec"
    ) { row in CodecSize(id: row.int(0), sources: Int(row.int(1)), rawBytes: row.int(2)) }
  }

  /// Sources from all over the table, in order, few enough to train from.
  fileprivate func samples(of codec: CodecSize) throws(StoreError) -> [[UInt8]] {
    let stride = max(1, codec.rawBytes / Connection.sampleBytes)
    let rows = try all(
      """
      SELECT s.digest, s.codec, s.dictionary, s.raw_size, s.seal, s.bytes, c.name
      FROM source s JOIN codec c ON c.id = s.codec
      WHERE s.codec = ? AND s.bytes IS NOT NULL AND s.id % ? = 0 ORDER BY s.id
      """, codec.id, stride
    ) { row throws(StoreError) in (try row.content(0), row.text(6)) }
    var samples: [[UInt8]] = []
    var size: Int64 = 0
    for (row, name) in rows where size < 2 * Connection.sampleBytes {
      guard let sample = try? source(row, codec: CodecName(name)).payload else { continue }
      samples.append(sample)
      size += Int64(sample.count)
    }
    return samples
  }

  fileprivate func add(_ dictionary: CompressionDictionary, for codec: Int64) throws(StoreError) {
    interned.dictionaries[codec] = nil
    try execute(
      "INSERT INTO dictionary (codec, trained_at, digest, bytes) VALUES (?, ?, ?, ?)", codec, ProcessIdentity.now,
      dictionary.digest, dictionary.bytes)
  }

  /// Stores the next sources of a codec in the newest form, where that is another and they are whole.
  fileprivate func recompress(
    _ codec: Int64, after start: SourceID
  ) throws(StoreError) -> (last: SourceID?, count: Int, changed: Int) {
    let newest = try newestDictionary(of: codec)
    let rows = try all(
      """
      SELECT s.digest, s.codec, s.dictionary, s.raw_size, s.seal, s.bytes, s.id, c.name
      FROM source s JOIN codec c ON c.id = s.codec
      WHERE s.id > ? AND s.codec = ? AND s.bytes IS NOT NULL ORDER BY s.id LIMIT ?
      """, start, codec, Connection.recompressionBatch
    ) { row throws(StoreError) -> (ContentRow, SourceID, String) in (try row.content(0), row.id(6), row.text(7)) }
    var changed = 0
    for (content, id, codecName) in rows where !content.isCompressed || content.dictionary != newest?.id {
      // What is damaged stays as it is, for `verify` to find and a generation to replace.
      guard let source = try? verifiedSource(content, codec: codecName) else { continue }
      let row = try contentRow(source, codec: codec)
      if row.dictionary == content.dictionary, row.bytes.count == content.bytes.count { continue }
      try store(row, in: id)
      changed += 1
    }
    return (rows.last?.1, rows.count, changed)
  }

  /// The newest dictionary of a codec stays in any case, so that ids are not used twice.
  fileprivate func deleteUnusedDictionaries() throws(StoreError) {
    try execute(
      """
      DELETE FROM dictionary WHERE id NOT IN (SELECT dictionary FROM source WHERE dictionary IS NOT NULL)
        AND id NOT IN (SELECT max(id) FROM dictionary GROUP BY codec)
      """)
  }
}

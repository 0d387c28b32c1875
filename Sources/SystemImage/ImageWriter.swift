import CacheIdentity
import SourceCodec

/// Writes the sections of a plan, one after the other; no more than one block is in memory at a time.
struct ImageWriter {
  let plan: ImagePlan
  let path: String
  let options: ImageOptions
  let progress: (ImageProgress) -> Bool
  let compression = SourceCompression()
  let file: ImageFileWriter
  /// The shapes of the sections written so far, as the prologue has them.
  private var shapes: [UInt8] = []

  init(
    _ plan: ImagePlan, to path: String, options: ImageOptions, progress: @escaping (ImageProgress) -> Bool
  ) throws(ImageError) {
    self.plan = plan
    self.path = path
    self.options = options
    self.progress = progress
    file = try ImageFileWriter(path)
  }

  mutating func write() throws(ImageError) -> (identity: Digest, bytes: Int) {
    let builder = plan.builder
    let prologueSize = ImageFormat.prologueSize(lineage: builder.lineage.utf8.count)
    try file.write([UInt8](repeating: 0, count: prologueSize))
    _ = try file.takeDigest()

    let contents = try ContentPlan(plan, options, progress: report)
    try write(digests: plan.owners, of: builder.owners.values, in: .owners)
    try write(digests: plan.methods, of: builder.methods.values, in: .methods)
    try writeIndex(contents)
    try section(.dictionary, count: contents.dictionary.isEmpty ? 0 : 1) { file throws(ImageError) in
      try file.write(contents.dictionary)
    }
    try writeSources(contents)
    try write(digests: plan.digests, of: builder.digests.values, in: .digests)
    try writeTables()

    var prologue = header(prologueSize: prologueSize)
    let identity = Prologue.identity(of: prologue)
    prologue += identity.bytes
    if let key = options.signingKey, let signature = ImageSignature.bytes(of: prologue, by: key) {
      try file.write(signature)
    }
    let bytes = file.count
    try file.finish(prologue: prologue)
    return (identity, bytes)
  }

  private func header(prologueSize: Int) -> [UInt8] {
    let builder = plan.builder
    var bytes = ImageFormat.magic
    bytes.append(number: UInt64(ImageFormat.byteOrder), width: 4)
    bytes.append(number: UInt64(ImageFormat.version), width: 4)
    bytes.append(number: UInt64(prologueSize), width: 4)
    bytes.append(number: UInt64(ImageFormat.sections.count), width: 4)
    bytes.append(number: UInt64(file.count), width: 8)
    bytes.append(number: UInt64(bitPattern: builder.world.number), width: 8)
    bytes += builder.state?.bytes ?? [UInt8](repeating: 0, count: Digest.byteCount)
    bytes.append(number: builder.state == nil ? 0 : 1, width: 4)
    bytes.append(number: 0, width: 8)
    bytes.append(number: UInt64(builder.lineage.utf8.count), width: 4)
    return bytes + builder.lineage.utf8 + shapes
  }

  /// Writes a section and notes its shape.
  mutating func section(
    _ name: ImageSection.Name, count: Int, _ body: (ImageFileWriter) throws(ImageError) -> Void
  ) throws(ImageError) {
    try tableSection(name, count: count) { file throws(ImageError) -> UInt64 in
      try body(file)
      return 0
    }
  }

  /// Writes a table's section, of which `body` returns the directory's checksum.
  mutating func tableSection(
    _ name: ImageSection.Name, count: Int, _ body: (ImageFileWriter) throws(ImageError) -> UInt64
  ) throws(ImageError) {
    try report(name, 0, count)
    let start = file.count
    let checksum = try body(file)
    shapes.append(number: UInt64(file.count - start), width: 8)
    shapes.append(number: UInt64(count), width: 8)
    shapes.append(number: checksum, width: 8)
    shapes += try file.takeDigest().bytes
  }

  func report(_ section: ImageSection.Name, _ done: Int, _ total: Int) throws(ImageError) {
    guard progress(ImageProgress(section: section, done: done, total: total)) else {
      throw ImageError(.cancelled, path: path, section: section)
    }
  }

  private mutating func write(
    digests: Renumbering, of values: [Digest], in name: ImageSection.Name
  ) throws(ImageError) {
    try section(name, count: digests.count) { file throws(ImageError) in
      for number in digests.old { try file.write(values[number].bytes) }
    }
  }

  private mutating func writeIndex(_ contents: ContentPlan) throws(ImageError) {
    let plan = plan
    let shape = IndexShape(
      entries: plan.entries.count, methods: plan.methods.count, owners: plan.owners.count, sourceBytes: contents.size)
    try section(.index, count: plan.entries.count) { file throws(ImageError) in
      var bytes: [UInt8] = []
      var place = 0
      for bucket in 0..<shape.buckets {
        while place < plan.entries.count, shape.bucket(of: plan.hashes[place]) < bucket { place += 1 }
        bytes.append(number: UInt64(place), width: shape.bucketWidth)
      }
      try file.write(bytes)
      for (place, number) in plan.entries.enumerated() {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(record: place, number, plan, shape, contents)
        try file.write(bytes)
      }
    }
  }

  private mutating func writeSources(_ contents: ContentPlan) throws(ImageError) {
    try section(.sources, count: plan.contents.count) { file throws(ImageError) in
      try file.write(contents.stored)
    }
  }
}

extension [UInt8] {
  /// Appends a little-endian number.
  mutating func append(number: UInt64, width: Int) {
    for shift in 0..<width { append(UInt8(truncatingIfNeeded: number >> UInt64(8 * shift))) }
  }

  fileprivate mutating func append(
    record place: Int, _ number: Int, _ plan: ImagePlan, _ shape: IndexShape, _ contents: ContentPlan
  ) {
    let builder = plan.builder
    let key = builder.keys.values[number]
    let content = builder.entries[number]?.content.map(Int.init)
    let hash = plan.hashes[place]
    let checksum =
      content.map { content in
        let codec = builder.codecs.values[Int(builder.payloads.codecs[content])]
        return Checksum.of(builder.payloads[content], seed: hash ^ Checksum.seed(codec: codec))
      } ?? Checksum.of([], seed: hash ^ Checksum.seed(codec: nil))
    self += key.instance.bytes
    append(number: checksum, width: 8)
    append(
      number: UInt64(builder.methods.existing(key.methodHash).map { plan.methods[$0] } ?? 0), width: shape.methodWidth)
    append(number: UInt64(builder.owners.existing(key.owner).map { plan.owners[$0] } ?? 0), width: shape.ownerWidth)
    append(number: UInt64(content.map { contents.offsets[plan.contents[$0]] } ?? 0), width: shape.sourceWidth)
  }
}

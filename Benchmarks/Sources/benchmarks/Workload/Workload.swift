import WorldCache

/// Generated sources that never were: the same in every run, each made from its number.
struct Workload: Sendable {
  /// A binding on which some of the sources rest, so that changing it closes just those.
  struct Watch: Hashable {
    /// `Main.name`.
    var name: String
    /// The sources that ask for it.
    var entries: Range<Int>
  }

  /// How many sources there are.
  let count: Int
  let size: SourceSize
  /// How many questions each source rests on, watches aside.
  let edgesPerSource: Int
  /// How many different questions these are.
  let questionCount: Int
  let watches: [Watch]

  /// - Parameter questions: How many questions there are in all; a tenth of the sources' number if `nil`.
  init(count: Int, size: SourceSize = .small, edges: Int = 4, questions: Int? = nil, watches: [Watch] = []) {
    self.count = count
    self.size = size
    edgesPerSource = edges
    questionCount = max(1, questions ?? count / 10)
    self.watches = watches
  }

  /// The canonical bytes of a source, if it is made up: statements of an operation, two operands and sometimes a symbol, unevenly
  /// distributed. An entropy coder compresses them about as well as real ones; they repeat less.
  func source(_ index: Int) -> Blob {
    if case .real(let payloads) = size { return Blob(bytes: payloads[index % payloads.count]) }
    var random = SeededGenerator(seed: UInt64(index))
    let size = size.draw(&random)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + 8)
    while bytes.count < size {
      let word = random.next()
      let rare = UInt8(truncatingIfNeeded: word) & UInt8(truncatingIfNeeded: word >> 8)
      bytes.append(0x40 | rare & 0x1f)
      bytes.append(UInt8(truncatingIfNeeded: bytes.count / 8))
      bytes.append(UInt8(truncatingIfNeeded: word >> 16) & 7)
      if word >> 32 & 3 == 0 {
        bytes.append(UInt8(truncatingIfNeeded: word >> 40))
        bytes.append(UInt8(truncatingIfNeeded: word >> 48) & 3)
      }
    }
    bytes.removeLast(bytes.count - size)
    return Blob(bytes: bytes)
  }

  /// The method instance for which a source is generated. Each method has two.
  func instance(_ index: Int) -> SyntheticInstance { SyntheticInstance(index: index) }

  /// What the source rests on.
  func edges(_ index: Int) -> [Edge] {
    var edges: [Edge] = []
    edges.reserveCapacity(edgesPerSource + watches.count)
    for position in 0..<edgesPerSource {
      // The first questions are each asked by some source, whatever the others ask.
      let drawn = Int(truncatingIfNeeded: SeededGenerator.mix(UInt64(index * 64 + position)) >> 1)
      let question = SyntheticDefinitions.question(position == 0 ? index % questionCount : drawn % questionCount)
      if !edges.contains(where: { $0.question == question }) {
        edges.append(Edge(question, SyntheticDefinitions.answer(question, version: 0)))
      }
    }
    for watch in watches where watch.entries.contains(index) {
      let question = Question.binding(module: "Main", name: watch.name)
      edges.append(Edge(question, SyntheticDefinitions.answer(question, version: 0)))
    }
    return edges
  }

  /// What a store records of it.
  func trace(_ index: Int, in world: WorldAge = .first) -> NewTrace {
    let instance = instance(index)
    return NewTrace(
      key: key(index), method: instance.method, generator: SyntheticGenerator.identity, owner: .native,
      specialization: instance.specialization, world: world, edges: edges(index), source: EncodedSource(source(index)),
      provenance: Provenance(process: .current, generatedAt: 1_700_000_000_000, generationNanoseconds: 1_000_000))
  }

  func key(_ index: Int) -> SourceKey {
    let instance = instance(index)
    return SourceKey(
      methodHash: SourceKey.methodHash(
        definition: instance.definition, fingerprint: SyntheticGenerator.identity, codec: Blob.codec.description),
      instance: instance.instance, owner: Owner.native.digest)
  }
}

/// The keys of a workload, made before anything is measured, in the forms in which contenders take them.
struct WorkloadKeys {
  static let byteCount = 3 * Digest.byteCount

  let keys: [SourceKey]
  private let bytes: [UInt8]

  init(_ workload: Workload) {
    keys = (0..<workload.count).map(workload.key)
    bytes = keys.flatMap { $0.methodHash.bytes + $0.instance.bytes + $0.owner.bytes }
  }

  /// The first so many in the order of their bytes.
  func tableOrder(_ count: Int) -> [Int] {
    (0..<count).sorted { left, right in
      withBytes(of: left) { left in withBytes(of: right) { left.lexicographicallyPrecedes($0) } }
    }
  }

  /// The 48 bytes of a key, for those who know no digests.
  func withBytes<Result>(of index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBytes { all in
      try body(
        UnsafeRawBufferPointer(rebasing: all[index * WorkloadKeys.byteCount..<(index + 1) * WorkloadKeys.byteCount]))
    }
  }
}

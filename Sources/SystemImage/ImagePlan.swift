import CacheIdentity
import SourceCodec

/// What an image will contain, with everything in its final order: a pure function of what was added.
struct ImagePlan {
  let builder: ImageBuilder
  /// The keys' numbers in the builder, in the order of the index.
  let entries: [Int]
  /// The hashes of those keys.
  let hashes: [UInt64]
  /// Numbers in the builder, in the order of the sections.
  let owners: Renumbering
  let methods: Renumbering
  let processes: Renumbering
  let codecs: Renumbering
  let digests: Renumbering
  let answers: Renumbering
  /// In the order in which entries need them first.
  let contents: Renumbering
  /// By the answer's place in ``answers``: the hash of its question's subject.
  let subjectHashes: [UInt64]
  /// For each key's number in the builder, its place in ``entries``.
  let entryPlaces: [Int?]

  init(_ builder: ImageBuilder, _ selection: ImageSelection) {
    self.builder = builder
    let included = builder.entries.indices
      .filter { builder.entries[$0] != nil && selection.reasons[$0] == nil }
      .map { (number: $0, hash: builder.keys.values[$0].imageHash) }
      .sorted { left, right in
        left.hash != right.hash
          ? left.hash < right.hash : builder.keys.values[left.number] < builder.keys.values[right.number]
      }
    entries = included.map(\.number)
    hashes = included.map(\.hash)
    var places = [Int?](repeating: nil, count: builder.entries.count)
    for (place, number) in entries.enumerated() { places[number] = place }
    entryPlaces = places

    var used = UsedNumbers()
    for number in entries {
      guard let entry = builder.entries[number] else { continue }
      used.add(entry, key: builder.keys.values[number], builder)
    }
    owners = Renumbering(used.owners) { builder.owners.values[$0] < builder.owners.values[$1] }
    methods = Renumbering(used.methods) { left, right in
      let (first, second) = (builder.descriptions[left], builder.descriptions[right])
      return first != second ? first < second : builder.methods.values[left] < builder.methods.values[right]
    }
    processes = Renumbering(used.processes) { left, right in
      let (first, second) = (builder.processes.values[left], builder.processes.values[right])
      return (first.host, first.program, first.startedAt, first.pid)
        < (second.host, second.program, second.startedAt, second.pid)
    }
    codecs = Renumbering(used.codecs) { builder.codecs.values[$0] < builder.codecs.values[$1] }
    digests = Renumbering(used.digests) { left, right in
      (builder.subjects[left], builder.digests.values[left]) < (builder.subjects[right], builder.digests.values[right])
    }
    let answered = used.answers.map { number in
      let answer = builder.answers.values[number]
      let question = builder.questions.values[Int(answer.question)]
      return (number: number, hash: Checksum.of(question.subject) ?? 0, question: question.imageParts, answer: answer)
    }
    .sorted { left, right in
      if left.hash != right.hash { return left.hash < right.hash }
      if left.question != right.question { return left.question < right.question }
      return builder.digests.values[Int(left.answer.digest)] < builder.digests.values[Int(right.answer.digest)]
    }
    answers = Renumbering(inOrder: answered.map(\.number))
    subjectHashes = answered.map(\.hash)
    contents = Renumbering(inOrder: used.contents)
  }
}

/// Numbers of the builder in the order in which a section has them.
struct Renumbering {
  let old: [Int]
  private let new: [Int: Int]

  init(inOrder old: [Int]) {
    self.old = old
    new = Dictionary(uniqueKeysWithValues: old.enumerated().map { ($1, $0) })
  }

  init(_ numbers: some Sequence<Int>, by precedes: (Int, Int) -> Bool) {
    self.init(inOrder: numbers.sorted(by: precedes))
  }

  var count: Int { old.count }

  /// The place of a number that is known to have one.
  subscript(number: Int) -> Int { new[number, default: 0] }
}

/// What the included entries refer to.
private struct UsedNumbers {
  var owners: Set<Int> = []
  var methods: Set<Int> = []
  var processes: Set<Int> = []
  var codecs: Set<Int> = []
  var digests: Set<Int> = []
  var answers: Set<Int> = []
  /// In the order of first use.
  var contents: [Int] = []
  private var seenContents: Set<Int> = []

  mutating func add(_ entry: BuilderEntry, key: SourceKey, _ builder: ImageBuilder) {
    if let owner = builder.owners.existing(key.owner) { owners.insert(owner) }
    if let method = builder.methods.existing(key.methodHash) { methods.insert(method) }
    processes.insert(Int(entry.process))
    if let content = entry.content.map(Int.init), seenContents.insert(content).inserted {
      contents.append(content)
      codecs.insert(Int(builder.payloads[content].codec))
    }
    for case .answer(let answer) in builder.edges[entry.edges] {
      if answers.insert(Int(answer)).inserted { digests.insert(Int(builder.answers.values[Int(answer)].digest)) }
    }
  }
}

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

    var used = UsedNumbers(builder)
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
    let answered = used.answers.members.map { number in
      let answer = builder.answers.values[number]
      let question = builder.questions.values[Int(answer.question)]
      return (number: number, hash: Checksum.of(question.subject) ?? 0, question: question.imageParts, answer: answer)
    }
    .sorted { left, right in
      if left.hash != right.hash { return left.hash < right.hash }
      if left.question != right.question { return left.question < right.question }
      return builder.digests.values[Int(left.answer.digest)] < builder.digests.values[Int(right.answer.digest)]
    }
    answers = Renumbering(inOrder: answered.map(\.number), of: builder.answers.values.count)
    subjectHashes = answered.map(\.hash)
    contents = Renumbering(inOrder: used.contents.members, of: builder.contents.values.count)
  }
}

/// Numbers of the builder in the order in which a section has them.
struct Renumbering {
  let old: [Int]
  private let new: [Int]

  /// - Parameter count: How many numbers the builder has given out.
  init(inOrder old: [Int], of count: Int) {
    self.old = old
    var new = [Int](repeating: 0, count: count)
    for (place, number) in old.enumerated() { new[number] = place }
    self.new = new
  }

  init(_ numbers: NumberSet, by precedes: (Int, Int) -> Bool) {
    self.init(inOrder: numbers.members.sorted(by: precedes), of: numbers.contains.count)
  }

  var count: Int { old.count }

  /// The place of a number that is known to have one.
  subscript(number: Int) -> Int { new[number] }
}

/// Numbers of the builder, in the order in which they came.
struct NumberSet {
  private(set) var members: [Int] = []
  private(set) var contains: [Bool]

  init(of count: Int) { contains = Array(repeating: false, count: count) }

  /// Returns whether the number is new.
  @discardableResult
  mutating func insert(_ number: Int) -> Bool {
    if contains[number] { return false }
    contains[number] = true
    members.append(number)
    return true
  }
}

/// What the included entries refer to.
private struct UsedNumbers {
  var owners: NumberSet
  var methods: NumberSet
  var processes: NumberSet
  var codecs: NumberSet
  var digests: NumberSet
  var answers: NumberSet
  var contents: NumberSet

  init(_ builder: ImageBuilder) {
    owners = NumberSet(of: builder.owners.values.count)
    methods = NumberSet(of: builder.methods.values.count)
    processes = NumberSet(of: builder.processes.values.count)
    codecs = NumberSet(of: builder.codecs.values.count)
    digests = NumberSet(of: builder.digests.values.count)
    answers = NumberSet(of: builder.answers.values.count)
    contents = NumberSet(of: builder.contents.values.count)
  }

  mutating func add(_ entry: BuilderEntry, key: SourceKey, _ builder: ImageBuilder) {
    if let owner = builder.owners.existing(key.owner) { owners.insert(owner) }
    if let method = builder.methods.existing(key.methodHash) { methods.insert(method) }
    processes.insert(Int(entry.process))
    if let content = entry.content.map(Int.init), contents.insert(content) {
      codecs.insert(Int(builder.payloads.codecs[content]))
    }
    for case .answer(let answer) in builder.edges[entry.edges] {
      if answers.insert(Int(answer)) { digests.insert(Int(builder.answers.values[Int(answer)].digest)) }
    }
  }
}

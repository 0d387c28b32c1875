import CacheIdentity
import SourceCodec

extension ImageWriter {
  /// Writes the sections that are tables, in their order.
  mutating func writeTables() throws(ImageError) {
    let plan = plan
    let builder = plan.builder
    try textTable(.codecs, plan.codecs, texts: { [builder.codecs.values[$0]] })
    try textTable(.ownerNames, plan.owners, texts: { [builder.ownerNames[$0]] })
    try textTable(.descriptions, plan.methods, texts: { builder.descriptions[$0].texts })
    try textTable(
      .processes, plan.processes,
      texts: { [builder.processes.values[$0].host, builder.processes.values[$0].program] },
      numbers: { [Int64(builder.processes.values[$0].pid), builder.processes.values[$0].startedAt] })
    try textTable(.answerTexts, plan.digests, texts: { [builder.subjects[$0]] })

    let dependents = Dependents(plan)
    try table(.answers, count: plan.answers.count, firstHash: { plan.subjectHashes[$0] }) { range in
      AnswerBlock(rows: range.map { plan.answerRow($0, dependents) }).encoded
    }
    try table(.traces, count: plan.entries.count) { range in
      TraceBlock(rows: range.compactMap { plan.traceRow($0, dependents) }).encoded(world: builder.world)
    }
  }

  private mutating func textTable(
    _ name: ImageSection.Name, _ rows: Renumbering, texts: (Int) -> [String], numbers: (Int) -> [Int64] = { _ in [] }
  ) throws(ImageError) {
    try table(name, count: rows.count) { range in
      TextBlock(
        texts: columns(range.map { texts(rows.old[$0]) }), numbers: columns(range.map { numbers(rows.old[$0]) })
      )
      .encoded
    }
  }

  private mutating func table(
    _ name: ImageSection.Name, count: Int, firstHash: ((Int) -> UInt64)? = nil, block: (Range<Int>) -> [UInt8]
  ) throws(ImageError) {
    let (path, progress, compression, compresses) = (path, progress, compression, options.compresses)
    try tableSection(name, count: count) { file throws(ImageError) -> UInt64 in
      var directory: [UInt8] = []
      var end = 0
      for number in 0..<ImageFormat.blocks(of: count) {
        let first = number * ImageFormat.recordsPerBlock
        if number & 63 == 0, !progress(ImageProgress(section: name, done: first, total: count)) {
          throw ImageError(.cancelled, path: path, section: name)
        }
        let bytes = block(first..<min(first + ImageFormat.recordsPerBlock, count))
        guard bytes.count < ImageFormat.largestBlock else {
          throw ImageError(
            .outOfBounds(found: UInt64(bytes.count), limit: UInt64(ImageFormat.largestBlock)), path: path,
            section: name)
        }
        let compressed = compresses ? compression.compress(bytes.span.bytes) : nil
        try file.write(compressed ?? bytes)
        end += (compressed ?? bytes).count
        directory.append(number: UInt64(end), width: 5)
        directory.append(
          number: UInt64(bytes.count | (compressed == nil ? 0 : ImageFormat.largestBlock)), width: 3)
        directory.append(number: Checksum.of(bytes, seed: UInt64(number)), width: 8)
        if let firstHash { directory.append(number: firstHash(first), width: 8) }
      }
      try file.write(directory)
      return Checksum.of(directory)
    }
  }
}

/// Rows turned into columns; no rows give no columns.
private func columns<Value>(_ rows: [[Value]]) -> [[Value]] {
  (rows.first ?? []).indices.map { column in rows.map { $0[column] } }
}

/// What rests on answers and on entries' sources, by their places.
private struct Dependents {
  private var answers: AdjacencyLists
  private var entries: AdjacencyLists

  init(_ plan: ImagePlan) {
    answers = AdjacencyLists(of: plan.answers.count)
    entries = AdjacencyLists(of: plan.entries.count)
    for number in plan.entries {
      for edge in plan.edges(of: number) {
        switch edge {
        case .answer(let answer): answers.makeRoom(in: answer)
        case .source(let inner): entries.makeRoom(in: inner)
        }
      }
    }
    answers.allocate()
    entries.allocate()
    for (place, number) in plan.entries.enumerated() {
      for edge in plan.edges(of: number) {
        switch edge {
        case .answer(let answer): answers.append(place, to: answer)
        case .source(let inner): entries.append(place, to: inner)
        }
      }
    }
  }

  func ofAnswer(_ place: Int) -> [Int] { answers[place] }

  func ofEntry(_ place: Int) -> [Int] { entries[place] }
}

/// Lists of numbers in one array; the room for each is counted first. Numbers come in ascending order, and a list takes each once.
private struct AdjacencyLists {
  private var starts: [Int]
  private var counts: [Int]
  private var numbers: [Int] = []

  init(of count: Int) {
    starts = Array(repeating: 0, count: count + 1)
    counts = Array(repeating: 0, count: count)
  }

  mutating func makeRoom(in list: Int) { starts[list + 1] += 1 }

  mutating func allocate() {
    for list in counts.indices { starts[list + 1] += starts[list] }
    numbers = Array(repeating: 0, count: starts.last ?? 0)
  }

  mutating func append(_ number: Int, to list: Int) {
    let end = starts[list] + counts[list]
    if counts[list] > 0, numbers[end - 1] == number { return }
    numbers[end] = number
    counts[list] += 1
  }

  subscript(list: Int) -> [Int] { Array(numbers[starts[list]..<starts[list] + counts[list]]) }
}

extension ImagePlan {
  /// What an entry rests on, by places.
  fileprivate func edges(of number: Int) -> [ImageEdge] {
    guard let entry = builder.entries[number] else { return [] }
    return builder.edges[entry.edges].map { edge in
      switch edge {
      case .answer(let answer): .answer(answers[Int(answer)])
      case .source(let key, _): .source(entryPlaces[Int(key)] ?? 0)
      }
    }
  }

  fileprivate func answerRow(_ place: Int, _ dependents: Dependents) -> AnswerBlock.Row {
    let answer = builder.answers.values[answers.old[place]]
    return AnswerBlock.Row(
      question: builder.questions.values[Int(answer.question)], digest: digests[Int(answer.digest)],
      dependents: dependents.ofAnswer(place))
  }

  fileprivate func traceRow(_ place: Int, _ dependents: Dependents) -> TraceBlock.Row? {
    guard let entry = builder.entries[entries[place]] else { return nil }
    return TraceBlock.Row(
      specialization: specialization(of: entry), process: processes[Int(entry.process)],
      generatedAt: entry.generatedAt, nanoseconds: entry.nanoseconds, world: entry.world, declared: entry.declared,
      edges: edges(of: entries[place]), dependents: dependents.ofEntry(place))
  }

  private func specialization(of entry: BuilderEntry) -> Specialization {
    let text = builder.specializations.values[Int(entry.specialization)]
    for (position, edge) in builder.edges[entry.edges].enumerated() {
      guard case .answer(let answer) = edge else { continue }
      let question = builder.questions.values[Int(builder.answers.values[Int(answer)].question)]
      if let signature = question.signature,
        let template = Specialization(text, edge: position, signature)
      {
        return template
      }
    }
    return .text(text)
  }
}

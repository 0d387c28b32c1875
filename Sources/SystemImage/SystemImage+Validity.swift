import CacheIdentity

extension SystemImage {
  /// The validity of an image in the state from which it was built: everything holds, nothing is asked. `nil` if the host's
  /// state is another one, or if the image claims none; then ``validate(subjects:previous:answering:)`` finds out.
  public func validity(in state: Digest) -> ImageValidity? {
    header.state == state
      ? ImageValidity(image: header.identity, asked: 0, failing: PagedBits(), masked: PagedBits()) : nil
  }

  /// Finds out which entries hold, by asking the host the image's questions.
  ///
  /// An entry is masked while an answer that it rests on is another one now, or none, or while an entry is masked on whose
  /// source it rests: the least fixed point (C6, E2, E4). All others hold, those that rest on each other included; so what
  /// holds again is unmasked (C11). Costs O(questions) if all are asked, else O(what is affected).
  ///
  /// - Parameters:
  ///   - subjects: What may have changed since `previous`; `nil` for anything.
  ///   - previous: What was found before, for this image; `nil` if nothing was. Then all questions are asked.
  ///   - answering: Answers a question in the new state; `nil` if it has no answer there. Each question is asked once.
  public func validate(
    subjects: Set<Subject>? = nil, previous: ImageValidity? = nil, answering: (Question) -> Answer?
  ) throws(ImageError) -> ImageValidity {
    var step = ValidityStep(self, previous: previous?.image == header.identity ? previous : nil)
    if let subjects, step.hasPrevious {
      for subject in subjects { try step.ask(about: subject, answering) }
    } else {
      try step.askAll(answering)
    }
    return try step.finish()
  }
}

/// One step from a validity to the next.
private struct ValidityStep {
  private let image: SystemImage
  let hasPrevious: Bool
  private var reader: TraceReader
  private var failing: PagedBits
  private var masked: PagedBits
  private var asked = 0
  /// The entries that rest on answers that held and do not any more, and the other way round.
  private var failed: [Int] = []
  private var recovered: [Int] = []

  init(_ image: SystemImage, previous: ImageValidity?) {
    self.image = image
    hasPrevious = previous != nil
    reader = TraceReader(image)
    failing = previous?.failing ?? PagedBits()
    masked = previous?.masked ?? PagedBits()
  }

  mutating func askAll(_ answering: (Question) -> Answer?) throws(ImageError) {
    let table = try image.table(.answers)
    var last: (question: Question, answer: Answer?)?
    for number in 0..<table.blocks {
      let block = try table.block(number)
      for (position, row) in try AnswerBlock(block, table).rows.enumerated() {
        try take(row, number: block.first + position, &last, answering)
      }
    }
  }

  mutating func ask(about subject: Subject, _ answering: (Question) -> Answer?) throws(ImageError) {
    guard let hash = Checksum.of(subject) else { return }
    let table = try image.table(.answers)
    // The first block that begins at or after the subject, and the one before, in which its questions may begin.
    var (low, high) = (0, table.blocks)
    while low < high {
      let middle = (low + high) / 2
      if table.firstHash(of: middle) < hash { low = middle + 1 } else { high = middle }
    }
    var last: (question: Question, answer: Answer?)?
    var number = max(0, low - 1)
    while number < table.blocks, table.firstHash(of: number) <= hash {
      let first = number * ImageFormat.recordsPerBlock
      for position in first..<min(first + ImageFormat.recordsPerBlock, image.header.answers) {
        let row = try reader.answer(position)
        if row.question.subject == subject { try take(row, number: position, &last, answering) }
      }
      number += 1
    }
  }

  private mutating func take(
    _ row: AnswerBlock.Row, number: Int, _ last: inout (question: Question, answer: Answer?)?,
    _ answering: (Question) -> Answer?
  ) throws(ImageError) {
    // Answers to one question stand side by side.
    let answer: Answer?
    if let last, last.question == row.question {
      answer = last.answer
    } else {
      answer = answering(row.question)
      asked += 1
      last = (row.question, answer)
    }
    if answer?.digest == (try image.answerDigest(row.digest)) {
      if failing.remove(number) { recovered += row.dependents }
    } else if failing.insert(number) {
      failed += row.dependents
    }
  }

  mutating func finish() throws(ImageError) -> ImageValidity {
    try mask(failed)
    try unmask(recovered)
    return ImageValidity(image: image.header.identity, asked: asked, failing: failing, masked: masked)
  }

  private mutating func mask(_ entries: [Int]) throws(ImageError) {
    var worklist = entries
    while let entry = worklist.popLast() {
      guard entry < image.index.entries else {
        throw image.failure(.outOfBounds(found: UInt64(entry), limit: UInt64(image.index.entries)), in: .answers)
      }
      if masked.insert(entry) { worklist += try reader.row(of: entry).dependents }
    }
  }

  /// Unmasks the greatest set of entries that rest on nothing that fails, among those that what recovered can reach.
  private mutating func unmask(_ entries: [Int]) throws(ImageError) {
    var candidates: Set<Int> = []
    var worklist = entries
    while let entry = worklist.popLast() {
      guard masked.contains(entry), candidates.insert(entry).inserted else { continue }
      worklist += try reader.row(of: entry).dependents
    }
    worklist = []
    for entry in candidates {
      let fails = try reader.row(of: entry).edges.contains { edge in
        switch edge {
        case .answer(let answer): failing.contains(answer)
        case .source(let inner): masked.contains(inner) && !candidates.contains(inner)
        }
      }
      if fails { worklist.append(entry) }
    }
    while let entry = worklist.popLast() {
      guard candidates.remove(entry) != nil else { continue }
      worklist += try reader.row(of: entry).dependents
    }
    for entry in candidates { masked.remove(entry) }
  }
}

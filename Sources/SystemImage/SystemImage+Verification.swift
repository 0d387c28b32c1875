import CacheIdentity
import struct Crypto.SHA256
import SourceCodec

extension SystemImage {
  /// Reads the whole image and says what is wrong with it: sections without their digest, entries that are not found by their
  /// key or whose source does not have its checksum, blocks that cannot be read, numbers that lead nowhere, and backedges that
  /// are not those of the edges. An image that has a trusted signature and no wrong digest is what the signer wrote.
  ///
  /// - Parameter progress: Called now and then; returns false to give up, which throws ``ImageError/Problem/cancelled``.
  /// - Returns: What is wrong, in the order of the sections; at most one problem for each section, entry or block.
  public func verify(progress: (ImageProgress) -> Bool = { _ in true }) throws(ImageError) -> [ImageError] {
    var verification = ImageVerification(image: self)
    for name in ImageFormat.sections {
      try report(name, 0, progress)
      verification.collect { verification throws(ImageError) in try verification.image.checkDigest(of: name) }
    }
    for number in 0..<index.entries {
      if number & 0xfff == 0 { try report(.index, number, progress) }
      verification.checkEntry(number)
    }
    for name in ImageFormat.sections where ImageFormat.isTable(name) {
      try report(name, 0, progress)
      verification.checkTable(name)
    }
    verification.checkDependents()
    return verification.problems
  }

  /// Compares a section with its digest, which the signature covers: one SHA-256 of the section.
  func checkDigest(of name: ImageSection.Name) throws(ImageError) {
    let expected = prologue.shapes[name].digest
    var hasher = SHA256()
    hasher.update(bufferPointer: bytes(of: name))
    let found = Digest(sha256: hasher.finalize())
    guard found == expected else { throw failure(.wrongDigest(found: found, expected: expected), in: name) }
  }

  private func report(
    _ section: ImageSection.Name, _ done: Int, _ progress: (ImageProgress) -> Bool
  ) throws(ImageError) {
    guard progress(ImageProgress(section: section, done: done, total: prologue.shapes[section].count)) else {
      throw ImageError(.cancelled, path: path, section: section)
    }
  }
}

/// What reading a whole image has found.
private struct ImageVerification {
  let image: SystemImage
  private(set) var problems: [ImageError] = []
  /// The sums of the edges' hashes, less those of the backedges: zero if they are the same.
  private var answerBalance: UInt64 = 0
  private var sourceBalance: UInt64 = 0
  private var lastHash: UInt64 = 0

  init(image: SystemImage) { self.image = image }

  mutating func collect(_ body: (inout ImageVerification) throws(ImageError) -> Void) {
    do throws(ImageError) {
      try body(&self)
    } catch {
      problems.append(error)
    }
  }

  mutating func checkEntry(_ number: Int) {
    collect { found throws(ImageError) in
      let image = found.image
      let entry = try image.existingEntry(number)
      guard image.entry(for: entry.key)?.number == number else {
        throw image.failure(
          .contradiction(found: UInt64(number), expected: UInt64(image.entry(for: entry.key)?.number ?? 0)),
          in: .index, at: image.index.records + number * image.index.recordSize)
      }
      try image.lendPayload(of: entry, isVerified: false) { _, _ in }
    }
  }

  mutating func checkTable(_ name: ImageSection.Name) {
    var table: TableReader?
    collect { found throws(ImageError) in table = try found.image.table(name) }
    guard let table else { return }
    for number in 0..<table.blocks {
      collect { found throws(ImageError) in
        let block = try table.block(number)
        switch name {
        case .answers: try found.check(try AnswerBlock(block, table), block, table, number)
        case .traces: try found.check(try TraceBlock(block, world: found.image.header.world, table), block)
        case .descriptions: _ = try TextBlock(block, texts: 7, numbers: 0, table)
        case .processes: _ = try TextBlock(block, texts: 2, numbers: 2, table)
        default: _ = try TextBlock(block, texts: 1, numbers: 0, table)
        }
      }
    }
  }

  private mutating func check(
    _ answers: AnswerBlock, _ block: BlockBytes, _ table: TableReader, _ number: Int
  ) throws(ImageError) {
    for (position, row) in answers.rows.enumerated() {
      let hash = Checksum.of(row.question.subject) ?? 0
      guard hash >= lastHash, position > 0 || hash == table.firstHash(of: number) else {
        throw image.failure(.contradiction(found: hash, expected: lastHash), in: .answers)
      }
      lastHash = hash
      _ = try image.answerDigest(row.digest)
      for entry in row.dependents {
        try checkBound(entry, .traces, in: .answers)
        answerBalance &-= Checksum.of(edge: block.first + position, entry)
      }
    }
  }

  private mutating func check(_ traces: TraceBlock, _ block: BlockBytes) throws(ImageError) {
    for (position, row) in traces.rows.enumerated() {
      try checkBound(row.process, .processes, in: .traces)
      for entry in row.dependents {
        try checkBound(entry, .traces, in: .traces)
        sourceBalance &-= Checksum.of(edge: block.first + position, entry)
      }
      for edge in Set(row.edges) {
        switch edge {
        case .answer(let answer):
          try checkBound(answer, .answers, in: .traces)
          answerBalance &+= Checksum.of(edge: answer, block.first + position)
        case .source(let inner):
          try checkBound(inner, .traces, in: .traces)
          sourceBalance &+= Checksum.of(edge: inner, block.first + position)
        }
      }
    }
  }

  private func checkBound(
    _ number: Int, _ target: ImageSection.Name, in section: ImageSection.Name
  ) throws(ImageError) {
    let count = image.prologue.shapes[target].count
    guard number < count else {
      throw image.failure(.outOfBounds(found: UInt64(number), limit: UInt64(count)), in: section)
    }
  }

  /// Every edge has its backedge, or a change of an answer would not reach all that rests on it.
  mutating func checkDependents() {
    guard problems.isEmpty else { return }
    for (section, balance) in [(ImageSection.Name.answers, answerBalance), (.traces, sourceBalance)] where balance != 0
    {
      problems.append(image.failure(.contradiction(found: balance, expected: 0), in: section))
    }
  }
}

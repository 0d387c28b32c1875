import CacheIdentity
import ImageModel
import SourceStore
import SystemImage
import Testing

@Suite("An entry holds while all that it rests on does, through sources too")
struct ValidityTests {
  /// What the host answers now: by question, a version; `nil` for no answer.
  private struct Host {
    var versions: [Question: Int?] = [:]

    func answer(_ question: Question) -> Answer? {
      switch versions[question] {
      case .none: RandomTraces.answer(to: question)
      case .some(let version): version.map { RandomTraces.answer(to: question, version: $0) }
      }
    }

    /// The keys of the greatest set of traces in which each rests only on what holds.
    func holding(_ traces: [NewTrace]) -> Set<SourceKey> {
      var holding = Set(traces.map(\.key))
      while true {
        let falling = traces.filter { trace in
          holding.contains(trace.key)
            && !trace.edges.allSatisfy { edge in
              if case .source(let key, _) = edge.question { return holding.contains(key) }
              return answer(edge.question) == edge.answer
            }
        }
        if falling.isEmpty { return holding }
        holding.subtract(falling.map(\.key))
      }
    }
  }

  @Test("Random changes, told by subject or not at all, like a brute-force search (C6, C11, E2)", arguments: 0..<12)
  func random(seed: UInt64) throws {
    let directory = try TemporaryDirectory()
    var random = RandomTraces(seed: seed, count: [5, 40, 300][Int(seed % 3)])
    let traces = random.traces
    try ImageBuilder(traces).write(to: directory.path("image"))
    let image = try SystemImage(directory.path("image"))
    let questions = Array(Set(traces.flatMap { $0.edges.map(\.question) }).filter { $0.kind != .source })
      .sorted { $0.digest < $1.digest }
    var host = Host()
    var validity = try #require(image.validity(in: digest("state")))
    for step in 0..<30 {
      var subjects: Set<Subject> = []
      for _ in 0..<Int.random(in: 0...4, using: &random.generator) {
        guard let question = questions.randomElement(using: &random.generator) else { break }
        host.versions[question] = [nil, 0, 0, 1, 2][Int.random(in: 0..<5, using: &random.generator)]
        subjects.insert(question.subject)
      }
      var asked: [Question] = []
      validity = try image.validate(subjects: step % 4 == 3 ? nil : subjects, previous: validity) { question in
        asked.append(question)
        return host.answer(question)
      }
      #expect(Set(asked) == Set(step % 4 == 3 ? questions : questions.filter { subjects.contains($0.subject) }))
      #expect(asked.count == Set(asked).count)
      #expect(validity.asked == asked.count)

      let expected = host.holding(traces)
      let found = Set(image.entries.filter { validity.holds($0) }.map(\.key))
      #expect(found == expected)
      #expect(validity.maskedCount == traces.count - expected.count)
      let fresh = try image.validate(answering: host.answer)
      #expect(image.entries.allSatisfy { fresh.holds($0) == validity.holds($0) })
    }
  }

  @Test("In the state of the image nothing is asked and everything holds; in another one it is not known (E1)")
  func sameState() throws {
    let directory = try TemporaryDirectory()
    try ImageBuilder(RandomTraces(seed: 1, count: 50).traces).write(to: directory.path("image"))
    let image = try SystemImage(directory.path("image"))
    let validity = try #require(image.validity(in: digest("state")))
    #expect(validity.asked == 0)
    #expect(validity.maskedCount == 0)
    #expect(image.validity(in: digest("another state")) == nil)
  }

  @Test("An image of no one state is never valid unasked")
  func noState() throws {
    let directory = try TemporaryDirectory()
    try ImageBuilder(RandomTraces(seed: 1, count: 50).traces, state: nil).write(to: directory.path("image"))
    let image = try SystemImage(directory.path("image"))
    #expect(image.header.state == nil)
    #expect(image.validity(in: digest("state")) == nil)
    #expect(image.validity(in: Digest(high: 0, low: 0)) == nil)
  }

  @Test("Two answers to one question: each entry holds with its own, and the question is asked once")
  func twoAnswers() throws {
    let directory = try TemporaryDirectory()
    var traces = Array(RandomTraces(seed: 2, count: 2).traces)
    let question = Question.binding(module: "Main", name: "x")
    for number in traces.indices {
      traces[number].edges = [Edge(question, RandomTraces.answer(to: question, version: number))]
    }
    try ImageBuilder(traces, state: nil).write(to: directory.path("image"))
    let image = try SystemImage(directory.path("image"))
    for version in 0..<3 {
      let validity = try image.validate { RandomTraces.answer(to: $0, version: version) }
      #expect(validity.asked == 1)
      for (number, trace) in traces.enumerated() {
        let entry = try #require(image.entry(for: trace.key))
        #expect(validity.holds(entry) == (number == version))
      }
    }
  }
}

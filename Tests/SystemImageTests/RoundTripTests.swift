import CacheIdentity
import Foundation
import ImageModel
import SourceCodec
import SourceStore
import SystemImage
import Testing

@Suite("What was added to a builder comes out of the image")
struct RoundTripTests {
  @Test("Random traces, like a dictionary of them", arguments: [0, 1, 2, 3, 100, 128, 129, 1000], [true, false])
  func traces(count: Int, compresses: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("image")
    let traces = RandomTraces(seed: UInt64(count), count: count).traces
    let written = try ImageBuilder(traces).write(to: path, options: ImageOptions(compresses: compresses))
    #expect(written.entries == count)
    #expect(written.leftOut == [])

    let image = try SystemImage(path)
    #expect(image.header.entries == count)
    #expect(image.header.identity == written.identity)
    #expect(image.header.lineage == "main")
    #expect(image.header.world == WorldAge(7))
    #expect(image.header.state == digest("state"))
    let oracle = Dictionary(uniqueKeysWithValues: traces.map { ($0.key, $0) })
    for trace in traces {
      let entry = try #require(image.entry(for: trace.key))
      #expect(entry.isDeclined == (trace.source == nil))
      #expect(try image.source(of: entry) == trace.source)
      #expect(
        try image.withPayload(of: entry) { Array($0) + $1.utf8 } == trace.source.map { $0.payload + $0.codec.utf8 })
      #expect(try image.trace(of: entry) == trace)
    }
    var seen = 0
    try image.forEachTrace { entry, trace in
      #expect(oracle[entry.key] == trace)
      seen += 1
      return true
    }
    #expect(seen == count)
    for number in 0..<200 {
      let key = SourceKey(
        methodHash: digest("method \(number % 5)"), instance: digest("other \(number)"), owner: Owner.native.digest)
      #expect(image.entry(for: key) == nil)
    }
  }

  @Test("Specializations of every kind beside a question about the same instance")
  func specializations() throws {
    let directory = try TemporaryDirectory()
    let signatures = [
      ("sin", "(Int64)"), ("sin", "()"), ("", "(Int64)"), ("Tuple", "no parentheses"), ("f", "("), ("f", "(f)"),
      ("größer", "(Größe, größer)"), ("\u{1}", "(\u{2})"), ("f", "(\u{1})"),
    ]
    let texts = signatures.flatMap { function, arguments in
      [
        "\(function)\(arguments)", "Tuple{typeof(\(function)),\(arguments.dropFirst().dropLast())}", "", function,
        arguments,
      ]
    }
    var traces = RandomTraces(seed: 6, count: texts.count * signatures.count).traces
    for (number, text) in texts.enumerated() {
      for (other, signature) in signatures.enumerated() {
        let question = Question.dispatch(
          table: "global", signature: Signature(function: signature.0, arguments: signature.1))
        traces[number * signatures.count + other].specialization = text
        traces[number * signatures.count + other].edges = [RandomTraces.edge(question)]
      }
    }
    try ImageBuilder(traces).write(to: directory.path("image"))
    let image = try SystemImage(directory.path("image"))
    for trace in traces { #expect(try image.trace(of: #require(image.entry(for: trace.key))) == trace) }
  }

  @Test("W6: a key differs in each of its parts")
  func keys() throws {
    let directory = try TemporaryDirectory()
    let trace = RandomTraces(seed: 1, count: 1).traces[0]
    try ImageBuilder([trace]).write(to: directory.path("image"))
    let image = try SystemImage(directory.path("image"))
    let key = trace.key
    let other = digest("other")
    #expect(image.entry(for: key) != nil)
    #expect(image.entry(for: SourceKey(methodHash: other, instance: key.instance, owner: key.owner)) == nil)
    #expect(image.entry(for: SourceKey(methodHash: key.methodHash, instance: other, owner: key.owner)) == nil)
    #expect(image.entry(for: SourceKey(methodHash: key.methodHash, instance: key.instance, owner: other)) == nil)
  }

  @Test("Equal traces give equal bytes, in whatever order they were added")
  func determinism() throws {
    let directory = try TemporaryDirectory()
    var traces = RandomTraces(seed: 3, count: 400).traces
    var generator = SeededGenerator(seed: 4)
    try ImageBuilder(traces).write(to: directory.path("first"))
    let first = try Data(contentsOf: directory.url.appending(path: "first"))
    for _ in 0..<4 {
      traces.shuffle(using: &generator)
      try ImageBuilder(traces).write(to: directory.path("second"))
      #expect(try Data(contentsOf: directory.url.appending(path: "second")) == first)
    }
  }

  @Test("The sections follow on each other and add up to the file")
  func sections() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("image")
    let written = try ImageBuilder(RandomTraces(seed: 5, count: 300).traces)
      .write(to: path, options: ImageOptions(signingKey: ImageSigningKey()))
    let image = try SystemImage(path)
    var offset: UInt64 = 0
    for section in image.sections {
      #expect(section.offset == offset)
      offset += section.bytes
    }
    #expect(offset == written.bytes)
    #expect(offset == image.header.bytes)
    #expect(Int(offset) == (try Data(contentsOf: URL(filePath: path)).count))
    #expect(Set(image.sections.map(\.name)) == Set(ImageSection.Name.allCases))
  }
}

import SourceStore

extension StoreStatistics {
  /// All figures in Prometheus' text exposition format, version 0.0.4. What pruning can make smaller is a gauge.
  var prometheus: String {
    var text = Exposition()
    text.add("file_bytes", "Size of the store's file.", [([], fileBytes)])
    text.add("log_bytes", "Size of the write-ahead log beside it.", [([], logBytes)])
    text.add("free_bytes", "Bytes of the file that are free.", [([], freeBytes)])
    text.add(
      "code_instances", "Code instances, by whether their range is open.",
      [([("state", "open")], Int64(openInstances)), ([("state", "closed")], Int64(closedInstances))])
    text.add(
      "source_bytes", "Size of the sources, as generated and as stored.",
      [([("form", "generated")], rawBytes), ([("form", "stored")], storedBytes)])
    text.add("stripped_sources", "Sources whose bytes were pruned.", [([], Int64(strippedSources))])
    text.add("declined_traces", "Traces whose generator declined.", [([], Int64(declined))])
    text.add("rows", "Rows, by table.", tables.map { ([("table", $0.name)], Int64($0.rows)) })
    func byGenerator(_ value: (GeneratorStatistics) -> Int64) -> [(labels: [(String, String)], value: Int64)] {
      generators.map { ([("generator", $0.generator.generator), ("version", $0.generator.version)], value($0)) }
    }
    text.add("generator_methods", "Methods, by generator.", byGenerator { Int64($0.methods) })
    text.add("generator_traces", "Traces, by generator.", byGenerator { Int64($0.traces) })
    text.add("generator_source_bytes", "Size of the generated sources, by generator.", byGenerator(\.rawBytes))
    text.add("generator_hits", "How often traces that are there were served, by generator.", byGenerator(\.hits))
    text.add(
      "generator_generation_seconds", "How long their generations took, by generator.",
      byGenerator(\.generationNanoseconds), isNanoseconds: true)
    text.add(
      "generator_saved_seconds", "How long the hits would have taken to generate, by generator.",
      byGenerator(\.savedNanoseconds), isNanoseconds: true)
    return text.text
  }
}

/// Writes metrics with their help, type and labels.
private struct Exposition {
  private(set) var text = ""

  mutating func add(
    _ name: String, _ help: String, _ samples: [(labels: [(String, String)], value: Int64)], isNanoseconds: Bool = false
  ) {
    text += "# HELP worldcache_\(name) \(help)\n# TYPE worldcache_\(name) gauge\n"
    for (labels, value) in samples {
      let list = labels.map { "\($0.0)=\"\(Exposition.escaped($0.1))\"" }.joined(separator: ",")
      let number = isNanoseconds ? String(Double(value) / 1e9) : String(value)
      text += "worldcache_\(name)\(list.isEmpty ? "" : "{\(list)}") \(number)\n"
    }
  }

  private static func escaped(_ label: String) -> String {
    label.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}

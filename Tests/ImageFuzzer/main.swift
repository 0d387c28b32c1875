// Reads images that were changed at random, for so many seconds, and ends with 1 if one was read wrong.
//
//   ImageFuzzer SECONDS SEED FILE
//
// Two kinds of images, in turns. Damaged ones must give each key's own source, a miss or an error (W12). Forged ones, whose
// checksums were made to fit, may give any source, but nothing may crash, hang or take memory without bound. If this process
// dies, FILE is the image that did it.

import CacheIdentity
import Foundation
import ImageModel
import SourceStore
import SystemImage

struct Counts {
  var images = 0
  var opened = 0
  var served = 0
  var refused = 0
  var wrong = 0
}

let arguments = CommandLine.arguments
guard arguments.count == 4, let seconds = Double(arguments[1]), let seed = UInt64(arguments[2]) else {
  print("usage: ImageFuzzer SECONDS SEED FILE")
  exit(64)
}
let path = arguments[3]
var generator = SeededGenerator(seed: seed)
let seeds = try [(1, false), (6, false), (40, false), (300, false), (6, true), (300, true)].map { count, compresses in
  let traces = RandomTraces(seed: seed &+ UInt64(count), count: count).traces
  var builder = ImageBuilder(lineage: "main", world: WorldAge(7), state: digest("state"))
  for trace in traces { builder.add(trace) }
  try builder.write(to: path, options: ImageOptions(compresses: compresses))
  return (traces: traces, bytes: [UInt8](try Data(contentsOf: URL(filePath: path))))
}

/// Reads all that can be read; returns whether a key was given another source than its own.
func readsWrong(_ traces: [NewTrace], _ counts: inout Counts) -> Bool {
  var isWrong = false
  do {
    let image = try SystemImage(path)
    counts.opened += 1
    for trace in traces.prefix(50) {
      guard let entry = image.entry(for: trace.key) else { continue }
      do {
        isWrong = try image.source(of: entry) != trace.source || isWrong
        counts.served += 1
      } catch {
        counts.refused += 1
      }
      _ = try? image.trace(of: entry)
    }
    let changed = try? image.validate { _ in nil }
    _ = try? image.validate(
      subjects: [.function(table: "global", name: "f1")], previous: changed, answering: { RandomTraces.answer(to: $0) })
    _ = try? image.verify()
    var builder = ImageBuilder(lineage: "main", world: WorldAge(7), state: nil)
    try? builder.add(contentsOf: image)
  } catch {
    counts.refused += 1
  }
  return isWrong
}

let end = Date.now.addingTimeInterval(seconds)
var counts = Counts()
while Date.now < end {
  let original = seeds[counts.images % seeds.count]
  let isForged = counts.images / seeds.count % 2 == 1
  var image = ForgedImage(original.bytes)
  for _ in 0..<Int.random(in: 1...4, using: &generator) { image.mutate(using: &generator) }
  if isForged { image.reseal() }
  try Data(image.bytes).write(to: URL(filePath: path))
  counts.images += 1
  if readsWrong(original.traces, &counts), !isForged {
    counts.wrong += 1
    let kept = "\(path).wrong-\(counts.images)"
    try Data(image.bytes).write(to: URL(filePath: kept))
    print("wrong source: \(kept)")
  }
}
print(
  "fuzz: \(counts.images) images, \(counts.opened) opened, \(counts.served) sources served, \(counts.refused) refused, "
    + "\(counts.wrong) wrong")
exit(counts.wrong > 0 || counts.opened == 0 || counts.served == 0 || counts.refused == 0 ? 1 : 0)

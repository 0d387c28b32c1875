import CacheIdentity
import CacheSession
import Dispatch
import SourceStore
import SystemImage
import Testing

@Suite("Session, images and store together, against what a generator would give")
struct ImageModelTests {
  private static let bindings = ["a", "b", "c"]
  private static let dishes = 10

  /// A host in which dish `n` reads one or two bindings, and is built from smaller dishes.
  private static func host(_ values: [String: String]) -> ToyHost {
    let host = ToyHost(values)
    for number in 0..<dishes {
      host.cook(
        "\(number)",
        text: { cook in
          let value = cook.read(bindings[number % 3])
          if value == "0" { return "\(number)=\(cook.read(bindings[(number + 1) % 3]))" }
          // Two values give the same source: early cutoff.
          let shown = value == "2" ? "1" : value
          let inner = try [number / 2, number / 3].filter { $0 < number }.map { try cook.source("\($0)") }
          return "\(number)=\(shown)(\(inner.joined(separator: ",")))"
        })
    }
    return host
  }

  /// What a dish must be where the bindings have these values.
  private static func expected(_ number: Int, _ value: (String) -> String) -> String {
    let own = value(bindings[number % 3])
    if own == "0" { return "\(number)=\(value(bindings[(number + 1) % 3]))" }
    let inner = [number / 2, number / 3].filter { $0 < number }.map { expected($0, value) }
    return "\(number)=\(own == "2" ? "1" : own)(\(inner.joined(separator: ",")))"
  }

  private static func values(_ random: inout SplitMix) -> [String: String] {
    Dictionary(uniqueKeysWithValues: bindings.map { ($0, "\(random.below(4))") })
  }

  @Test(
    "W2 to W9, W12, A2, C6, C7, C11, E1 to E4, G1, G2: random histories with several images, redefinitions and reattaching",
    arguments: 0..<24)
  func histories(seed: Int) throws {
    var random = SplitMix(seed: UInt64(1000 + seed))
    let place = try ImagePlace()
    let images = try (0..<3).map { number in
      let names = (0..<ImageModelTests.dishes).filter { _ in random.below(2) == 0 }.map { "\($0)" }
      return try place.image(
        of: ImageModelTests.host(ImageModelTests.values(&random)), names + ["0"], called: "image \(number)")
    }
    let store = seed % 4 == 0 ? nil : try SourceStore(.memory)
    for _ in 0..<4 {
      let host = ImageModelTests.host(ImageModelTests.values(&random))
      let kitchen = Kitchen(
        host, store: store, images: images.filter { _ in random.below(4) > 0 },
        {
          $0.verifyEvery = random.below(4) == 0 ? 3 : 0
          // Mostly all, so that there is something in the store.
          $0.admission["toy"] =
            [.always, .always, .never, .secondRequest, .slowerThan(nanoseconds: 20_000)][random.below(5)]
        })
      let oldest = kitchen.host.world.number
      for _ in 0..<60 {
        switch random.below(10) {
        case 0: kitchen.define([ImageModelTests.bindings[random.below(3)]: "\(random.below(4))"])
        case 1:
          // Without saying what has changed.
          host.define([ImageModelTests.bindings[random.below(3)]: "\(random.below(4))"])
          kitchen.session.redefine(nil)
        case 2: kitchen.session.flush()
        case 3 where random.below(4) == 0:
          var policy = PrunePolicy()
          policy.generatedBefore = .max
          _ = try store?.prune(policy)
        default:
          let newest = host.world.number
          let world = HostWorld(newest - min(newest - oldest, UInt64(random.below(3))))
          let number = random.below(ImageModelTests.dishes)
          let right = ImageModelTests.expected(number) { host.value(of: $0, in: world) ?? "undefined" }
          #expect(try kitchen.serve("\(number)", at: world) == right)
        }
      }
      kitchen.session.close()
      let counters = kitchen.session.counters
      #expect(counters.storeTroubles == 0 && counters.imageTroubles == 0 && counters.impure == 0)
      #expect(try store?.verify() ?? [] == [])
    }
  }

  @Test("E1, G1: a session in the state of an image of all that it needs generates nothing, whatever the store holds")
  func wholeImage() throws {
    var random = SplitMix(seed: 77)
    let place = try ImagePlace()
    let store = try SourceStore(.memory)
    for round in 0..<6 {
      let values = ImageModelTests.values(&random)
      let names = (0..<ImageModelTests.dishes).map { "\($0)" }
      let image = try place.image(of: ImageModelTests.host(values), names, called: "whole \(round)")
      let kitchen = Kitchen(ImageModelTests.host(values), store: store, images: [image])
      for name in names { _ = try kitchen.serve(name) }
      kitchen.session.close()
      #expect(kitchen.generated() == [])
      #expect(kitchen.session.counters.reusedFromImage == names.count)
      #expect(kitchen.session.counters.stored == 0 && kitchen.session.counters.copiedFromImage == 0)
    }
  }

  @Test("A2, A5: many threads ask while definitions change, and each gets the source of the world it asks in")
  func threads() throws {
    var random = SplitMix(seed: 78)
    let place = try ImagePlace()
    let names = (0..<ImageModelTests.dishes).map { "\($0)" }
    let images = try (0..<3).map {
      try place.image(of: ImageModelTests.host(ImageModelTests.values(&random)), names, called: "image \($0)")
    }
    let store = try SourceStore(.memory)
    let kitchen = Kitchen(ImageModelTests.host(ImageModelTests.values(&random)), store: store, images: images)
    let seeds = (0..<4).map { _ in random.next() }
    let wrong = Counter()
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      var random = SplitMix(seed: seeds[thread])
      for round in 0..<200 {
        if thread == 0, round % 4 == 0 {
          kitchen.define([ImageModelTests.bindings[random.below(3)]: "\(random.below(4))"])
        }
        let newest = kitchen.host.world.number
        let world = HostWorld(newest - min(newest - 1, UInt64(random.below(3))))
        let number = random.below(ImageModelTests.dishes)
        let right = ImageModelTests.expected(number) { kitchen.host.value(of: $0, in: world) ?? "undefined" }
        if (try? kitchen.serve("\(number)", at: world)) != right { wrong.increment() }
      }
    }
    kitchen.session.close()
    #expect(wrong.value == 0)
    #expect(kitchen.session.counters.reusedFromImage > 0 && kitchen.session.counters.copiedFromImage > 0)
    #expect(try store.verify() == [])
  }
}

import CacheIdentity
import CacheSession
import SourceStore
import SystemImage
import Testing

@Suite("Trouble with an image, or with a generator whose source is in one, never gives a wrong source")
struct ImageTroubleTests {
  private static let bindings = ["a": "1", "b": "1", "c": "1"]

  @Test("W12, W15: entries that are damaged are counted and passed over", arguments: [false, true])
  func damagedSources(compresses: Bool) throws {
    let place = try ImagePlace()
    let image = try place.image(
      of: .menu(ImageTroubleTests.bindings), ["outer", "g"], options: ImageOptions(compresses: compresses))
    let damaged = try place.damage(image, in: .sources)
    for (images, fromImage) in [([damaged], 0), ([image, damaged], 2)] {
      let kitchen = Kitchen(.menu(ImageTroubleTests.bindings), store: try SourceStore(.memory), images: images)
      #expect(try kitchen.serve("outer") == "outer(f(1))")
      #expect(try kitchen.serve("g") == "g(1)")
      kitchen.session.close()
      #expect(kitchen.session.counters.imageTroubles > 0)
      #expect(kitchen.session.counters.storeTroubles == 0)
      #expect(kitchen.session.counters.reusedFromImage == fromImage)
    }
  }

  @Test("W15: an image whose questions cannot be read is not asked at all; one whose state is the host's needs none")
  func damagedQuestions() throws {
    let place = try ImagePlace()
    let image = try place.image(of: .menu(ImageTroubleTests.bindings), ["outer", "g"])
    let damaged = try place.damage(image, in: .answers)
    var other = ImageTroubleTests.bindings
    other["c"] = "2"
    for (bindings, troubles, fromImage) in [(other, 1, 0), (ImageTroubleTests.bindings, 0, 2)] {
      let kitchen = Kitchen(.menu(bindings), store: nil, images: [damaged])
      #expect(try kitchen.serve("outer") == "outer(f(1))")
      #expect(try kitchen.serve("g") == "g(1)")
      #expect(kitchen.session.counters.imageTroubles == troubles)
      #expect(kitchen.session.counters.reusedFromImage == fromImage)
      kitchen.define(["b": "2"])
      #expect(try kitchen.serve("g") == "g(2)")
    }
  }

  @Test("W15: a trace that cannot be read is not copied; what rests on it is served, and not stored")
  func damagedTraces() throws {
    let place = try ImagePlace()
    let image = try place.image(of: .menu(ImageTroubleTests.bindings), ["outer", "g"])
    let damaged = try place.damage(image, in: .traces)
    let kitchen = Kitchen(.menu(ImageTroubleTests.bindings), store: try SourceStore(.memory), images: [damaged])
    #expect(try kitchen.serve("new") == "new(outer(f(1)),1)")
    kitchen.session.close()
    #expect(kitchen.session.counters.imageTroubles > 0)
    #expect(kitchen.session.counters.stored == 0)
    #expect(kitchen.session.counters.refused == 1)
  }

  @Test("B11: verification finds an impure generator whose source is in an image; store and image serve it no more")
  func impure() throws {
    let place = try ImagePlace()
    let dice = Counter()
    func host() -> ToyHost {
      let host = ToyHost.menu(ImageTroubleTests.bindings)
      host.cook("dice", text: { _ in "\(dice.increment())" })
      host.cook("game", text: { "game(\(try $0.source("dice")))" })
      return host
    }
    let image = try place.image(of: host(), ["game", "g"])
    let store = try SourceStore(.memory)
    let first = Kitchen(host(), store: store, images: [image]) { $0.verifyEvery = 1 }
    #expect(try first.serve("dice") == "2")
    #expect(first.session.counters.impure == 1)
    #expect(first.session.counters.reusedFromImage == 1)
    #expect(try first.serve("game")?.hasPrefix("game(") == true)
    #expect(first.session.counters.reusedFromImage == 1, "it rests on the source that is not to be trusted")
    #expect(try first.serve("g") == "g(1)")
    first.session.close()

    let second = Kitchen(host(), store: store, images: [image])
    let served = try second.serve("dice")
    #expect(served != "1")
    #expect(try second.serve("game") != "game(1)")
    #expect(try second.serve("g") == "g(1)")
    #expect(second.session.counters.reusedFromImage == 1)
  }

  @Test("B11: where the store has another source for the same answers, the store's wins once that is found out")
  func conflict() throws {
    let place = try ImagePlace()
    func host(_ number: String) -> ToyHost {
      let host = ToyHost.menu(ImageTroubleTests.bindings)
      host.cook("dice", text: { _ in number })
      host.cook("game", text: { "game(\(try $0.source("dice")))" })
      return host
    }
    let image = try place.image(of: host("1"), ["dice"])
    let store = try SourceStore(.memory)
    let before = Kitchen(host("2"), store: store)
    #expect(try before.serve("dice") == "2")
    before.session.close()

    let kitchen = Kitchen(host("3"), store: store, images: [image])
    #expect(try kitchen.serve("game") == "game(1)")
    kitchen.session.flush()
    #expect(kitchen.session.counters.stored == 0)
    #expect(try kitchen.serve("dice") == "2")
    #expect(try kitchen.serve("game") == "game(2)")
    kitchen.session.close()
    #expect(kitchen.session.counters.stored == 1)
    #expect(try store.verify() == [])
  }

  @Test("Who demands a signature gets an error that says what is wrong")
  func signatures() throws {
    let place = try ImagePlace()
    let (key, other) = (ImageSigningKey(), ImageSigningKey())
    let image = try place.image(
      of: .menu(ImageTroubleTests.bindings), ["g"], options: ImageOptions(signingKey: key))
    #expect(throws: Never.self) { try SystemImage(image.path, trusting: [other.publicKey, key.publicKey]) }
    let error = #expect(throws: ImageError.self) { try SystemImage(image.path, trusting: [other.publicKey]) }
    #expect(error?.problem == .untrusted(key.publicKey))
    let plain = try place.image(of: .menu(ImageTroubleTests.bindings), ["g"])
    let unsigned = #expect(throws: ImageError.self) { try SystemImage(plain.path, trusting: [key.publicKey]) }
    #expect(unsigned?.problem == .unsigned)
  }
}

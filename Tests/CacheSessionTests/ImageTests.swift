import CacheIdentity
import CacheSession
import SourceStore
import SystemImage
import Testing

@Suite("A session serves what holds of the images under it")
struct ImageTests {
  private static let bindings = ["a": "1", "b": "1", "c": "1"]
  private let place: ImagePlace
  private let image: SystemImage

  init() throws {
    place = try ImagePlace()
    image = try place.image(of: .menu(ImageTests.bindings), ["outer", "g"])
  }

  private func kitchen(
    _ bindings: [String: String] = bindings, store: SourceStore? = nil, images: [SystemImage]? = nil,
    _ change: (inout SessionOptions) -> Void = { _ in }
  ) -> Kitchen { Kitchen(.menu(bindings), store: store, images: images ?? [image], change) }

  @Test("E1: in the image's own state nothing is asked, and nothing is generated or stored", arguments: [false, true])
  func ownState(hasStore: Bool) throws {
    let store = hasStore ? try SourceStore(.memory) : nil
    let kitchen = kitchen(store: store)
    for _ in 0..<2 {
      #expect(try kitchen.serve("outer") == "outer(f(1))")
      #expect(try kitchen.serve("g") == "g(1)")
    }
    kitchen.session.close()
    let counters = kitchen.session.counters
    #expect(counters.asked == 0)
    #expect(counters.generated == 0)
    #expect(counters.reusedFromImage == 2)
    #expect(counters.reusedFromMemory == 2)
    #expect(counters.stored == 0 && counters.copiedFromImage == 0)
    #expect(try store?.statistics().openInstances ?? 0 == 0)
  }

  @Test("E1, E2, C6: in another state its questions are asked once, and what rests on another answer is masked")
  func otherState() throws {
    let kitchen = kitchen(["a": "2", "b": "1", "c": "1"])
    #expect(kitchen.session.counters.asked == 2)
    #expect(try kitchen.serve("g") == "g(1)")
    #expect(try kitchen.serve("outer") == "outer(f(2))")
    #expect(kitchen.generated() == ["f", "outer"])
    #expect(kitchen.session.counters.reusedFromImage == 1)
    #expect(kitchen.session.counters.asked == 2)
  }

  @Test("E3: an image loads where worlds have other numbers, on both sides")
  func otherNumbers() throws {
    let host = ToyHost.menu(["a": "0"])
    for round in 0..<5 { host.define(["a": "\(round)"]) }
    host.define(ImageTests.bindings)
    let store = try SourceStore(.memory)
    for round in 0..<3 {
      let other = Kitchen(ToyHost(["noise": "\(round)"]), store: store)
      other.session.close()
    }
    let kitchen = Kitchen(host, store: store, images: [image])
    #expect(try kitchen.serve("outer") == "outer(f(1))")
    #expect(try kitchen.serve("outer", at: HostWorld(3)) == "outer(f(1))", "a world before: generated as of then")
    #expect(kitchen.generated() == ["f", "outer"])
    #expect(kitchen.session.counters.reusedFromImage == 1)
  }

  @Test("E4: what asked for a definition that is not here is masked, silently and only that")
  func missingDefinition() throws {
    let kitchen = kitchen(["b": "1", "c": "1"])
    #expect(try kitchen.serve("g") == "g(1)")
    #expect(try kitchen.serve("f") == "f(undefined)")
    #expect(kitchen.session.counters.imageTroubles == 0)
    #expect(kitchen.session.counters.reusedFromImage == 1)
  }

  @Test("A2, C11: a redefinition masks what asked about it, a reverted one unmasks it, older worlds go on as before")
  func redefinition() throws {
    let kitchen = kitchen()
    let old = kitchen.host.world
    kitchen.define(["a": "2"])
    #expect(kitchen.session.counters.asked == 1)
    #expect(try kitchen.serve("outer") == "outer(f(2))")
    #expect(try kitchen.serve("g") == "g(1)")
    #expect(try kitchen.serve("outer", at: old) == "outer(f(1))")
    #expect(kitchen.generated() == ["f", "outer"])
    kitchen.define(["a": "1"])
    #expect(try kitchen.serve("outer") == "outer(f(1))")
    #expect(kitchen.generated() == [])
    kitchen.define(["unrelated": "1"])
    #expect(try kitchen.serve("outer") == "outer(f(1))")
    #expect(kitchen.generated() == [])
    #expect(kitchen.session.counters.asked == 1, "one state was the image's, and of the other nothing was asked about")
  }

  @Test("A world that the session was not told of gets nothing of an image")
  func unknownWorld() throws {
    let kitchen = kitchen()
    kitchen.host.define(["a": "2"])
    #expect(try kitchen.serve("outer") == "outer(f(2))")
    #expect(kitchen.session.counters.reusedFromImage == 0)
  }

  @Test("Later images lie over earlier ones, and each gives what holds of it")
  func layers() throws {
    let newer = try place.image(of: .menu(["a": "2", "b": "1", "c": "1"]), ["new"], called: "newer")
    for (value, fromImages, generated) in [("1", 2, ["new"]), ("2", 2, []), ("3", 1, ["f", "outer", "new"])] {
      let kitchen = kitchen(["a": value, "b": "1", "c": "1"], images: [image, newer])
      #expect(try kitchen.serve("new") == "new(outer(f(\(value))),1)")
      #expect(try kitchen.serve("g") == "g(1)")
      #expect(kitchen.generated() == generated)
      #expect(kitchen.session.counters.reusedFromImage == fromImages)
    }
  }

  @Test("What is generated and rests on an image's source is stored with all that it rests on, each once and in order")
  func copies() throws {
    let store = try SourceStore(.memory)
    let first = kitchen(store: store)
    #expect(try first.serve("new") == "new(outer(f(1)),1)")
    first.session.flush()
    #expect(first.session.counters.generated == 1)
    #expect(first.session.counters.stored == 1)
    #expect(first.session.counters.copiedFromImage == 2)
    first.host.cook("newer", text: { "newer(\(try $0.source("outer")))" })
    #expect(try first.serve("newer") == "newer(outer(f(1)))")
    first.session.close()
    #expect(first.session.counters.stored == 2)
    #expect(first.session.counters.copiedFromImage == 2)
    #expect(first.session.counters.refused == 0)
    #expect(try store.verify() == [])

    let withoutImage = kitchen(store: store, images: [])
    #expect(try withoutImage.serve("new") == "new(outer(f(1)),1)")
    #expect(withoutImage.generated() == [])
  }

  @Test("C6: what was stored on top of an image closes when a question of the image changes its answer")
  func copiedCloses() throws {
    let store = try SourceStore(.memory)
    let kitchen = kitchen(store: store)
    #expect(try kitchen.serve("new") == "new(outer(f(1)),1)")
    kitchen.session.flush()
    kitchen.define(["a": "2"])
    #expect(kitchen.session.counters.closed == 3)
    #expect(try kitchen.serve("new") == "new(outer(f(2)),1)")
    kitchen.define(["a": "1"])
    #expect(try kitchen.serve("new") == "new(outer(f(1)),1)")
    #expect(kitchen.generated() == ["new", "f", "outer", "new"])
  }

  @Test("C7: an inner source from an image is the same answer, so the outer one revives and its generator does not run")
  func earlyCutoff() throws {
    let store = try SourceStore(.memory)
    let before = Kitchen(.menu(["a": "2", "b": "1", "c": "1"]), store: store)
    before.host.cook("top", text: { "top(\(try $0.source("g")))" })
    #expect(try before.serve("top") == "top(g(1))")
    before.session.close()
    // The store knows another answer about `b` in between, so that `g` is open in no world of this state.
    Kitchen(.menu(["b": "2"]), store: store).session.close()

    let kitchen = Kitchen(.menu(["a": "3", "b": "1", "c": "1", "d": "1"]), store: store, images: [image])
    kitchen.host.cook("top", text: { "top(\(try $0.source("g")))" })
    #expect(try kitchen.serve("top") == "top(g(1))")
    #expect(kitchen.generated() == [])
  }

  @Test("W6, D1: an image gives nothing to another owner")
  func owners() throws {
    let kitchen = kitchen()
    let source = try kitchen.session.source(
      for: ToyInstance(name: "g"), owner: Owner("another"), generator: kitchen.host.generator)
    #expect(source == "g(1)")
    #expect(kitchen.generated() == ["g"])
    #expect(kitchen.session.counters.reusedFromImage == 0)
  }

  @Test("W14: a session that is not enabled does not ask its images")
  func notEnabled() throws {
    let kitchen = kitchen { $0.isEnabled = false }
    #expect(try kitchen.serve("g") == "g(1)")
    #expect(kitchen.session.counters.passedThrough == 1)
    #expect(kitchen.session.counters.reusedFromImage == 0)
  }
}

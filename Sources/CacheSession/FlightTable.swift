import CacheIdentity
import Dispatch
import SourceStore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The generations that one request set off, innermost last. One thread runs them all.
final class FlightChain: Sendable {
  struct State {
    /// What is being generated, outermost first; a request that is nested twice stands here twice.
    var stack: [(key: SourceKey, specialization: String)] = []
    /// Whether a generator asked for what was being generated further up.
    var hasReentered = false
    /// Whether the error of an endless generation was given to somebody in this chain: what he makes of it is no
    /// function of his answers, so nothing of the chain is stored from then on.
    var isTainted = false
    /// Generations that may rest on sources further up, to be stored together with them (C6).
    var held: [NewTrace] = []
    /// Whether a source is being verified: what it is built from is not verified again.
    var isVerifying = false
  }

  let state = Mutex(State())
}

/// One generation under way.
final class Flight: Sendable {
  let chain: FlightChain
  let done = DispatchGroup()

  init(chain: FlightChain) {
    self.chain = chain
    done.enter()
  }
}

/// Lets a key be generated once at a time (W13), and finds circles of waiting before they become deadlocks.
final class FlightTable: Sendable {
  struct Key: Hashable {
    let request: RequestKey
    let world: HostWorld
  }

  enum Decision {
    /// Nobody generates this: the caller does, and calls ``FlightTable/land(_:_:)``.
    case lead(Flight)
    /// Another chain generates this: wait for it, then ask again.
    case wait(Flight)
    /// This chain generates this further up, or would wait for itself through other threads.
    case reenter
  }

  private struct State {
    var flights: [Key: Flight] = [:]
    /// The chain that each thread runs.
    var running: [pthread_t: FlightChain] = [:]
    /// What a chain waits for.
    var waiting: [ObjectIdentifier: (key: Key, flight: Flight)] = [:]
  }

  private let state = Mutex(State())

  /// The chain that this thread runs; a new one, for the caller to end, if it runs none.
  func chainOfThisThread() -> (chain: FlightChain, isNew: Bool) {
    state.withLock { state in
      let thread = pthread_self()
      if let chain = state.running[thread] { return (chain, false) }
      let chain = FlightChain()
      state.running[thread] = chain
      return (chain, true)
    }
  }

  /// This thread's chain is at its end.
  func endChain() { state.withLock { $0.running[pthread_self()] = nil } }

  func decide(_ key: Key, for chain: FlightChain) -> Decision {
    state.withLock { state in
      guard let flight = state.flights[key] else {
        let flight = Flight(chain: chain)
        state.flights[key] = flight
        return .lead(flight)
      }
      var owner = flight.chain
      while owner !== chain {
        guard let next = state.waiting[ObjectIdentifier(owner)], state.flights[next.key] === next.flight else {
          state.waiting[ObjectIdentifier(chain)] = (key, flight)
          return .wait(flight)
        }
        owner = next.flight.chain
      }
      return .reenter
    }
  }

  /// Blocks until a flight has landed.
  func wait(for flight: Flight, in chain: FlightChain) {
    flight.done.wait()
    state.withLock { $0.waiting[ObjectIdentifier(chain)] = nil }
  }

  /// Ends a flight; those who wait for it look again.
  func land(_ key: Key, _ flight: Flight) {
    state.withLock { $0.flights[key] = nil }
    flight.done.leave()
  }
}

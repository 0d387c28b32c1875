import CacheIdentity
import Dispatch
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
    var stack: [(request: RequestKey, instance: any MethodInstance)] = []
    /// Whether a generator asked for what was being generated further up.
    var hasReentered = false
    /// Whether the error of an endless generation was given to somebody in this chain: what he makes of it is no
    /// function of his answers, so nothing of the chain is stored from then on.
    var isTainted = false
    /// Generations that may rest on sources further up, to be stored together with them (C6).
    var held: [PendingTrace] = []
    /// Whether a source is being verified: what it is built from is not verified again.
    var isVerifying = false
  }

  let state = Mutex(State())

  /// Takes in what was generated, and holds it back if a source further up was asked for. Returns whether it is held, and whether
  /// nothing of the chain is to be kept.
  func take(_ pending: PendingTrace?) -> (mustHold: Bool, isTainted: Bool) {
    state.withLock { state in
      if state.hasReentered, !state.isTainted, let pending { state.held.append(pending) }
      return (state.hasReentered, state.isTainted)
    }
  }
}

/// One generation under way.
struct Flight {
  let chain: FlightChain
  /// Left when it has landed; there if somebody waits for it.
  var done: DispatchGroup?
}

/// Lets a key be generated once at a time (W13), and finds circles of waiting before they become deadlocks.
final class FlightTable: Sendable {
  struct Key: Hashable {
    let request: RequestKey
    let world: HostWorld
  }

  enum Decision {
    /// Nobody generates this: the caller does, and calls ``FlightTable/land(_:)``.
    case lead
    /// Another chain generates this: wait until it has landed, then ask again.
    case wait(DispatchGroup)
    /// This chain generates this further up, or would wait for itself through other threads.
    case reenter
  }

  private struct State {
    var flights: [Key: Flight] = [:]
    /// The chain that each thread runs.
    var running: [pthread_t: FlightChain] = [:]
    /// What a chain waits for.
    var waiting: [ObjectIdentifier: (key: Key, done: DispatchGroup)] = [:]

    /// Records that a chain waits for a flight.
    mutating func wait(for key: Key, _ flight: Flight, _ chain: FlightChain) -> DispatchGroup {
      let done = flight.done ?? DispatchGroup()
      if flight.done == nil {
        done.enter()
        flights[key]?.done = done
      }
      waiting[ObjectIdentifier(chain)] = (key, done)
      return done
    }
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
        state.flights[key] = Flight(chain: chain)
        return .lead
      }
      var owner = flight.chain
      while owner !== chain {
        guard let next = state.waiting[ObjectIdentifier(owner)], let other = state.flights[next.key],
          other.done === next.done
        else { return .wait(state.wait(for: key, flight, chain)) }
        owner = other.chain
      }
      return .reenter
    }
  }

  /// Blocks until a flight has landed.
  func wait(for done: DispatchGroup, in chain: FlightChain) {
    done.wait()
    state.withLock { $0.waiting[ObjectIdentifier(chain)] = nil }
  }

  /// Ends a flight; those who wait for it look again.
  func land(_ key: Key) {
    let flight = state.withLock { $0.flights.removeValue(forKey: key) }
    flight?.done?.leave()
  }
}

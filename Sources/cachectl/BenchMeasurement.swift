import CAllocations
import CacheSession
import Inference
import LoweredIR
import SourceStore
import StagedHost

/// Takes one sample in this process.
struct BenchMeasurement {
  var mode: BenchMode
  var scenario: BenchScenario
  /// The store's file, for the modes that have one.
  var store: String?

  /// Infers what the scenario says, and measures that alone.
  func callAsFunction(_ workload: BenchWorkload) throws -> BenchSample {
    var sample = BenchSample()
    let clock = ContinuousClock()
    var start = clock.now
    let session = try attach(workload.host)
    sample.openingNanoseconds = start.duration(to: clock.now).nanoseconds

    var options = InferenceOptions()
    options.remembersSources = mode == .ceiling
    let interpreter = AbstractInterpreter(view: workload.host.view, session: session, options: options)
    var call = workload.first
    if scenario == .cached {
      _ = try interpreter.infer(call.function, call.arguments)
      call = workload.second
    }
    let interpreterBefore = interpreter.counters
    let sessionBefore = session.counters
    let allocationsBefore = allocations_of_this_thread()
    let useBefore = ThreadUse.now
    start = clock.now
    let inferred = try interpreter.infer(call.function, call.arguments)
    sample.inferenceNanoseconds = start.duration(to: clock.now).nanoseconds
    let use = ThreadUse.now
    let allocations = allocations_of_this_thread()
    sample.processorNanoseconds = use.nanoseconds - useBefore.nanoseconds
    if use.pageFaults >= 0 { sample.pageFaults = use.pageFaults - useBefore.pageFaults }
    if allocations_are_counted() {
      sample.allocations = Int64(clamping: allocations.count - allocationsBefore.count)
      sample.allocatedBytes = Int64(clamping: allocations.bytes - allocationsBefore.bytes)
    }
    sample.add(interpreter.counters, sign: 1)
    sample.add(interpreterBefore, sign: -1)
    sample.add(session.counters, sign: 1)
    sample.add(sessionBefore, sign: -1)
    sample.type = "\(inferred.type)"

    start = clock.now
    session.close()
    sample.closingNanoseconds = start.duration(to: clock.now).nanoseconds
    // A session goes on without its store; a measurement of one must not.
    if session.counters.storeTroubles > 0 || session.counters.dropped > 0 {
      throw BenchError.storeFailed(path: store ?? "memory")
    }
    return sample
  }

  private func attach(_ host: Host) throws -> CacheSession<LoweredCode> {
    var options = SessionOptions()
    // The ceiling needs no cache of ours: the interpreter remembers.
    options.isEnabled = mode != .off && mode != .ceiling
    options.cause = "bench"
    let session = CacheSession<LoweredCode>(
      store: try store.map { try SourceStore(.file($0)) }, definitions: host.definitions, options: options)
    host.attach(session)
    return session
  }
}

extension BenchSample {
  fileprivate mutating func add(_ counters: InferenceCounters, sign: Int64) {
    func requests(_ purpose: SourcePurpose) -> Int64 { sign * Int64(counters.requests[purpose] ?? 0) }
    inferenceRequests += requests(.inference)
    limitHeuristicsRequests += requests(.limitHeuristics)
    constantPropagationRequests += requests(.constantPropagation)
    newSources += sign * Int64(counters.requestedInstances)
    methodInstances += sign * Int64(counters.instances)
    constantCalls += sign * Int64(counters.constantCalls)
    statements += sign * Int64(counters.statements)
  }

  fileprivate mutating func add(_ counters: SessionCounters, sign: Int64) {
    generatorRuns += sign * Int64(counters.generated + counters.passedThrough)
    generationNanoseconds += sign * counters.generationNanoseconds
    reusedFromMemory += sign * Int64(counters.reusedFromMemory)
    reusedFromStore += sign * Int64(counters.reusedFromStore)
  }
}

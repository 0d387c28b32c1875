import BloatReport

extension BenchReport {
  /// Times in nanoseconds; ratios as plain numbers, shares from 0 to 1.
  var json: JSON {
    .object([
      "samples": .integer(samples),
      "isMet": .bool(isMet),
      "cells": .array(cells.map(\.json)),
    ])
  }
}

extension BenchCell {
  fileprivate var json: JSON {
    .object([
      "program": .text(program),
      "name": .text(name),
      "scenario": .text(scenario.rawValue),
      "call": .text(call),
      "type": .optional(samples[.off]?.first?.type),
      "modes": .array(BenchMode.allCases.map(json)),
      "ratios": .object([
        "offToMemory": .number(ratio(.off, to: .memory)),
        "offToWarm": .number(ratio(.off, to: .warm)),
        "offToCold": .number(ratio(.off, to: .cold)),
        "offToCeiling": .number(ratio(.off, to: .ceiling)),
        "memoryOfCeiling": .number(ratio(.ceiling, to: .memory)),
        "warmOfCeiling": .number(ratio(.ceiling, to: .warm)),
        "coldToMemory": .number(ratio(.cold, to: .memory)),
        "coldToMemoryOnProcessor": .number(ratios(.cold, to: .memory, of: \.processorNanoseconds)?.median ?? .nan),
      ]),
      "requestsPerSource": requestsPerSource.map { .number($0) } ?? .null,
      "generatorShare": .number(generatorShare),
      "demands": .array(demands.map(\.json)),
      "reference": reference.map { $0.json(scenario) } ?? .null,
    ])
  }

  private func json(_ mode: BenchMode) -> JSON {
    let samples = samples[mode] ?? []
    func all(_ figure: KeyPath<BenchSample, Int64>) -> JSON {
      .array(samples.map { .integer($0[keyPath: figure]) })
    }
    func number(_ figure: KeyPath<BenchSample, Int64>) -> JSON { .number(typical(mode, figure)) }
    let isCounted = samples.allSatisfy { $0.allocations >= 0 }
    return .object([
      "mode": .text(mode.rawValue),
      "samples": .integer(samples.count),
      "inference": statistics(mode, \.inferenceNanoseconds)?.json ?? .null,
      "inferenceNanoseconds": all(\.inferenceNanoseconds),
      "histogram": .array(histogram(mode).counts.map { .integer($0) }),
      "opening": statistics(mode, \.openingNanoseconds)?.json ?? .null,
      "closing": statistics(mode, \.closingNanoseconds)?.json ?? .null,
      "allocations": isCounted ? number(\.allocations) : .null,
      "allocatedBytes": isCounted ? number(\.allocatedBytes) : .null,
      "processorNanoseconds": number(\.processorNanoseconds),
      "pageFaults": samples.allSatisfy { $0.pageFaults >= 0 } ? number(\.pageFaults) : .null,
      "generatorRuns": number(\.generatorRuns),
      "generationNanoseconds": number(\.generationNanoseconds),
      "requests": .object([
        "inference": number(\.inferenceRequests),
        "limitHeuristics": number(\.limitHeuristicsRequests),
        "constantPropagation": number(\.constantPropagationRequests),
      ]),
      "newSources": number(\.newSources),
      "methodInstances": number(\.methodInstances),
      "constantCalls": number(\.constantCalls),
      "statements": number(\.statements),
      "reusedFromMemory": number(\.reusedFromMemory),
      "reusedFromStore": number(\.reusedFromStore),
    ])
  }
}

extension BenchStatistics {
  var json: JSON {
    .object([
      "min": .number(minimum),
      "median": .number(median),
      "mean": .number(mean),
      "sigma": .number(sigma),
      "max": .number(maximum),
    ])
  }
}

extension BenchDemand {
  fileprivate var json: JSON {
    let (end, limit) =
      switch bound {
      case .atLeast(let limit): ("atLeast", limit)
      case .below(let limit): ("below", limit)
      }
    return .object([
      "name": .text(name), "measured": .number(measured),
      "interval": interval.map { .array([.number($0.lowerBound), .number($0.upperBound)]) } ?? .null,
      end: .number(limit), "isMet": .bool(isMet), "isDoubtful": .bool(isDoubtful),
    ])
  }
}

extension BenchReference {
  fileprivate func json(_ scenario: BenchScenario) -> JSON {
    .object([
      "seedOffToMemory": seed[scenario].map { .number($0) } ?? .null,
      "juliaRequestsPerSource": .array([
        .number(juliaRequestsPerSource.lowerBound), .number(juliaRequestsPerSource.upperBound),
      ]),
      "juliaGeneratorShare": .array([.number(juliaGeneratorShare.lowerBound), .number(juliaGeneratorShare.upperBound)]),
    ])
  }
}

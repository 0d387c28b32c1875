import ArgumentParser
import BloatReport
import CacheIdentity

/// Which sources of which generators enter the store.
struct AdmissionOptions: ParsableArguments {
  @Option(
    name: .customLong("admit"),
    help: ArgumentHelp(
      """
      Which sources of a generator enter the store: 'always', 'never', 'second' (what is generated a second time), or those that took \
      longer than a time, such as 1ms. The others are kept in memory.
      """, valueName: "generator=policy"))
  var policies: [NamedPolicy] = []

  /// By the generator's name; the last one counts.
  var byName: [String: AdmissionPolicy] {
    Dictionary(policies.map { ($0.generator, $0.policy) }, uniquingKeysWith: { $1 })
  }
}

/// A policy for a generator on the command line: `overlay=1ms`.
struct NamedPolicy: ExpressibleByArgument {
  let generator: String
  let policy: AdmissionPolicy

  init?(argument: String) {
    guard let separator = argument.lastIndex(of: "="), separator > argument.startIndex,
      let policy = AdmissionPolicy(words: String(argument[argument.index(after: separator)...]))
    else { return nil }
    generator = String(argument[..<separator])
    self.policy = policy
  }
}

extension AdmissionPolicy {
  /// Reads a policy as ``NamedPolicy`` has it.
  fileprivate init?(words: String) {
    switch words {
    case "always": self = .always
    case "never": self = .never
    case "second": self = .secondRequest
    default:
      guard let time = Interval(argument: words) else { return nil }
      self = .slowerThan(nanoseconds: time.nanoseconds)
    }
  }
}

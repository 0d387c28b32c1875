import StagedHost

/// A call under way: what is called, and which of the things that it can reach it has come to.
///
/// An object that is used for one call after the other, so that a call allocates nothing. Belongs to one interpreter.
final class PendingCall {
  @exclusivity(unchecked) var callee = LatticeElement.bottom
  @exclusivity(unchecked) var arguments = CallArguments(elements: [])
  /// What it can reach, and how many of them are done.
  @exclusivity(unchecked) var targets: [ResolvedCall.Target] = []
  @exclusivity(unchecked) var next = 0
  /// The join of what those gave.
  @exclusivity(unchecked) var value = LatticeElement.bottom
  /// The frame that the next one waits for.
  @exclusivity(unchecked) var awaited: Frame?
  /// What the next one gave without constants, if it is inferred again with them.
  @exclusivity(unchecked) var general: InferenceResult?
  /// Whether recursion is limited, and a wider instance is inferred in the place of the next one.
  @exclusivity(unchecked) var isLimited = false

  /// Makes it the same as a new one that has room for arguments.
  func clear() {
    while arguments.elements.popLast() != nil {}
    arguments.tail = nil
    if !targets.isEmpty { targets = [] }
    next = 0
    value = .bottom
    awaited = nil
    general = nil
    isLimited = false
  }
}

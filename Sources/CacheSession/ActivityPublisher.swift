import CacheIdentity
import Dispatch
import Synchronization

/// Tells on a session's behalf what it did, once a second while somebody watches. Otherwise it opens a file that is not there,
/// once a second.
final class ActivityPublisher: Sendable {
  private let board: ActivityBoard
  /// The session's file: of this process, and of no other session of it.
  private let name = "\(ProcessIdentity.current.pid)-\(UInt32.random(in: 0...UInt32.max))"
  private let activity: @Sendable () -> SessionActivity
  private let hasPublished = Atomic<Bool>(false)
  private let queue = DispatchQueue(label: "worldcache.activity", qos: .background)

  /// - Parameter activity: Says what the session did; must not hold on to it.
  init(_ board: ActivityBoard, activity: @escaping @Sendable () -> SessionActivity) {
    self.board = board
    self.activity = activity
    schedule()
  }

  deinit { if hasPublished.load(ordering: .acquiring) { board.withdraw(name) } }

  /// Tells, if somebody watches; else takes away what it told.
  func publishIfWatched() {
    guard board.isWatched(now: ProcessIdentity.now) else {
      if hasPublished.exchange(false, ordering: .acquiringAndReleasing) { board.withdraw(name) }
      return
    }
    hasPublished.store(true, ordering: .releasing)
    board.publish(activity(), as: name)
  }

  private func schedule() {
    queue.asyncAfter(deadline: .now() + .milliseconds(ActivityBoard.intervalMilliseconds)) { [weak self] in
      guard let self else { return }
      publishIfWatched()
      schedule()
    }
  }
}

import StagedHost
import Synchronization

/// A reference to an object that lives as long as the process: nothing is counted when it is copied.
struct Lasting<Object: AnyObject & Sendable>: Sendable {
  let reference: Unmanaged<Object>

  /// Refers to an object that is kept for ever, as all types are, and what is kept with them.
  @inline(__always) init(_ object: Object) { reference = .passUnretained(object) }

  @inline(__always) var object: Object { reference.takeUnretainedValue() }

  /// Reads something of the object.
  @inline(__always) func read<Value>(_ body: (Object) -> Value) -> Value { reference._withUnsafeGuaranteedRef(body) }

  /// Which object it is.
  @inline(__always) var identity: UInt { UInt(bitPattern: reference.toOpaque()) }
}

// What is kept with types. Each keeps objects of one class: tuple types their elements, types of one value that.
extension Lasting {
  /// What a type keeps; `nil` for nothing yet.
  @inline(__always) init?(keptWith type: ResolvedType) {
    self.init(address: type.kept.load(ordering: .acquiring))
  }

  /// Keeps an object with a type, unless somebody else was first.
  init(keeping object: Object, with type: ResolvedType) {
    let made = Unmanaged.passRetained(object)
    let (isFirst, other) = type.kept.compareExchange(
      expected: 0, desired: UInt(bitPattern: made.toOpaque()), ordering: .acquiringAndReleasing)
    guard !isFirst, let kept = UnsafeRawPointer(bitPattern: other) else {
      reference = made
      return
    }
    made.release()
    reference = .fromOpaque(kept)
  }

  @inline(__always) private init?(address: UInt) {
    guard let pointer = UnsafeRawPointer(bitPattern: address) else { return nil }
    reference = .fromOpaque(pointer)
  }
}

/// What is known of the parts of a tuple type's values when nothing else is: made once for each type.
final class TupleElements: Sendable {
  let elements: [LatticeElement]

  private init(_ parts: [ResolvedType]) { elements = parts.map { LatticeElement($0) } }

  /// Those of a tuple type; none for another one.
  static func of(_ type: ResolvedType) -> [LatticeElement] {
    if case .tuple(let parts, _) = type.shape {
      let kept = Lasting<TupleElements>(keptWith: type) ?? Lasting(keeping: TupleElements(parts), with: type)
      return kept.object.elements
    }
    return []
  }
}

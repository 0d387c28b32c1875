@testable import Inference
import StagedHost
import Testing

@Test(arguments: 0..<4) func `A join contains what either contains, and joins come to an end`(seed: UInt64) throws {
  var elements = try RandomElements(seed: seed)
  for _ in 0..<600 {
    let (left, right) = (elements.value(), elements.value())
    let (one, other) = (elements.element(with: left), elements.element(with: right))
    #expect(one.contains(left), "\(left) in \(one)")
    let join = one.join(other)
    #expect(join.contains(left) && join.contains(right), "\(left), \(right): \(one) joined with \(other) is \(join)")
    #expect(one.join(one) == one, "\(one)")
    var (last, rounds) = (join, 0)
    while case let next = last.join(one).join(other), next != last {
      last = next
      rounds += 1
      try #require(rounds < 10, "\(one) and \(other)")
    }
  }
}

@Test(arguments: 0..<4) func `Growing by joins stops soon, whatever is joined`(seed: UInt64) throws {
  var elements = try RandomElements(seed: seed)
  for _ in 0..<20 {
    var (known, changes) = (LatticeElement.bottom, 0)
    for _ in 0..<200 {
      let value = elements.value()
      let nested = elements.random.oneIn(2) ? known : elements.element(with: value)
      let joined = known.join(elements.random.oneIn(3) ? .tuple([nested, .type(.int)]) : nested)
      if joined != known { changes += 1 }
      known = joined
    }
    #expect(changes < 40, "\(known)")
  }
}

@Test(arguments: 0..<4) func `What is within another element has no other values`(seed: UInt64) throws {
  var elements = try RandomElements(seed: seed)
  var found = 0
  for _ in 0..<1_200 {
    let value = elements.value()
    let one = elements.element(with: value)
    let other = elements.random.oneIn(2) ? elements.element(with: value) : elements.element(with: elements.value())
    guard one.isWithin(other) else { continue }
    found += 1
    #expect(other.contains(value), "\(value): \(one) in \(other)")
  }
  #expect(found > 150)
}

@Test(arguments: 0..<4) func `A test of the type loses no value on either side`(seed: UInt64) throws {
  var elements = try RandomElements(seed: seed)
  for _ in 0..<1_200 {
    let value = elements.value()
    let (element, type) = (elements.element(with: value), elements.type())
    if value.type.isSubtype(of: type) {
      #expect(element.meet(type).contains(value), "\(value): \(element) and \(type) is \(element.meet(type))")
      #expect(element.type.intersects(type) && type.intersects(element.type), "\(value): \(element), \(type)")
    } else {
      #expect(element.excluding(type).contains(value), "\(value): \(element) without \(type)")
    }
    #expect(element.meet(type).isWithin(element), "\(element) and \(type) is \(element.meet(type))")
    #expect(element.type.isSubtype(of: element.type.limited))
  }
}

@Test(arguments: 0..<4) func `What a method accepts of a call is in the instance that is inferred`(seed: UInt64) throws
{
  var elements = try RandomElements(seed: seed)
  for _ in 0..<1_200 {
    let values = (0..<elements.random.below(4)).map { _ in elements.value(1) }
    let exact = try ResolvedType.tuple(values.map(\.type))
    let (call, method) = (elements.widened(exact), elements.widened(exact))
    guard case .tuple = call.shape, case .tuple = method.shape else { continue }
    let signature = call.signature(within: method)
    #expect(signature.map { exact.isSubtype(of: $0) } == true, "\(exact): \(call) within \(method)")
  }
}

@Test(arguments: 0..<8) func `What a builtin computes is in what its transfer function gives`(seed: UInt64) throws {
  var elements = try RandomElements(seed: seed)
  let callBack: Set<Builtin> = [.apply, .print, .printLine]
  var computed = 0
  for _ in 0..<100 {
    for builtin in Builtin.allCases where !callBack.contains(builtin) {
      let count = builtin.arity.least + (builtin.arity.most == nil ? elements.random.below(3) : 0)
      var values = (0..<count).map { _ in elements.value() }
      if elements.random.oneIn(2), let array = values.indices.first { values[array] = elements.first(for: builtin) }
      let known = values.map { elements.element(with: $0) }
      let given = builtin.transfer(known, in: elements.view)
      guard let result = try? builtin.call(values, in: elements.view) else { continue }
      computed += 1
      #expect(given.contains(result), "\(builtin)(\(values)) is \(result); for \(known) it is \(given)")
    }
  }
  #expect(computed > 800)
}

extension RandomElements {
  /// A first argument that a builtin is likely to take.
  fileprivate mutating func first(for builtin: Builtin) -> Value {
    let type: ResolvedType
    switch builtin {
    case .arrayLength, .arrayGet, .arraySet, .arrayPush, .elementType: type = .anyArray
    case .tupleGet, .tupleLength: type = .anyTuple
    case .fieldType, .fieldCount, .fieldName, .typeParameter, .typeParameterCount, .typeName, .applyType, .arrayNew,
      .subtype, .functionInstance, .tupleTypeLength:
      type = .type
    case .syntax, .syntaxName: type = .symbol
    default: type = self.type()
    }
    for _ in 0..<20 {
      let value = value()
      if value.type.isSubtype(of: type) { return value }
    }
    return value()
  }
}

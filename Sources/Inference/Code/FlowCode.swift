import LoweredIR
import StagedHost

/// Lowered code made ready for abstract interpretation in one world: the layout that it has in all, with what its names and literals
/// mean in this one.
final class FlowCode {
  let layout: CodeLayout
  /// What operands with negative numbers stand for; bottom for a name without a value.
  let constants: [LatticeElement]
  /// The bindings that the code mentions: the code's results depend on them (C13).
  let bindings: [Meaning]

  var statements: UnsafeBufferPointer<FlowStatement> { layout.statements }
  var blocks: UnsafeBufferPointer<CodeLayout.Block> { layout.blocks }
  var arguments: UnsafeBufferPointer<FlowOperand> { layout.arguments }
  var slotCount: Int { layout.slotCount }
  var argumentCount: Int { layout.argumentCount }
  var isVararg: Bool { layout.isVararg }

  /// Looks up what a layout names. Linear in the names and literals.
  init(_ layout: CodeLayout, _ meanings: Meanings) {
    self.layout = layout
    let count = layout.constantCount
    var preparation = Preparation(meanings, room: count)
    var constants: [LatticeElement] = []
    constants.reserveCapacity(count)
    for place in 0..<count { constants.append(preparation.element(layout.constant(-1 - place))) }
    self.constants = constants
    bindings = preparation.bindings
  }

  /// What a constant operand stands for.
  func constant(_ number: Int32) -> LatticeElement { constants[Int(-1 - number)] }
}

/// Looks up a code's names, and notes which of them it depends on.
private struct Preparation {
  private let meanings: Meanings
  private let mark: Int
  private let room: Int
  private(set) var bindings: [Meaning] = []

  /// - Parameter room: How many bindings there can be, types' names aside.
  init(_ meanings: Meanings, room: Int) {
    self.meanings = meanings
    self.room = room
    mark = meanings.newMark()
  }

  mutating func element(_ constant: CodeLayout.Constant) -> LatticeElement {
    switch constant {
    case .callee(let name):
      // That a name is a generic function cannot change, so nothing depends on its binding.
      let meaning = meanings(name)
      return meaning.isFunction ? meaning.element : use(meaning)
    case .global(let name): return use(meanings(name))
    case .literal(.type(let expression)):
      var names: [String] = []
      expression.forEachName { names.append($0) }
      for name in names { _ = use(meanings(CodeLayout.Name(name))) }
      return (try? meanings.view.resolve(expression)).map { LatticeElement(value: .type($0)) } ?? .bottom
    case .literal(let literal): return (try? Value(literal)).map { LatticeElement(value: $0) } ?? .bottom
    }
  }

  private mutating func use(_ meaning: Meaning) -> LatticeElement {
    if meaning.canChange, meaning.mark != mark {
      meaning.mark = mark
      if bindings.isEmpty { bindings.reserveCapacity(room) }
      bindings.append(meaning)
    }
    return meaning.element
  }
}

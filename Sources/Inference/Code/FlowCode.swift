import LoweredIR
import StagedHost

/// Lowered code made ready for abstract interpretation in one world: the layout that it has in all, with what its names and literals
/// mean in this one.
final class FlowCode {
  let layout: CodeLayout
  let statements: [FlowStatement]
  let blocks: [CodeLayout.Block]
  let arguments: [FlowOperand]
  /// What operands with negative numbers stand for; bottom for a name without a value.
  let constants: [LatticeElement]
  /// The bindings that the code mentions: the code's results depend on them (C13).
  let bindings: [Meaning]
  /// The blocks other than its own in which an SSA value is used.
  let distantUses: [Int32: [Int32]]
  let slotCount: Int

  var argumentCount: Int { layout.argumentCount }
  var isVararg: Bool { layout.isVararg }

  /// Looks up what a layout names. Linear in the names and literals.
  init(_ layout: CodeLayout, _ meanings: Meanings) {
    var constants: [LatticeElement] = []
    constants.reserveCapacity(layout.constants.count)
    var bindings: [Meaning] = []
    let mark = meanings.newMark()
    func use(_ meaning: Meaning) -> LatticeElement {
      if meaning.canChange, meaning.mark != mark {
        meaning.mark = mark
        bindings.append(meaning)
      }
      return meaning.element
    }
    for constant in layout.constants {
      switch constant {
      case .callee(let name):
        // That a name is a generic function cannot change, so nothing depends on its binding.
        let meaning = meanings(name)
        constants.append(meaning.isFunction ? meaning.element : use(meaning))
      case .global(let name): constants.append(use(meanings(name)))
      case .literal(.type(let expression)):
        expression.forEachName { _ = use(meanings(CodeLayout.Name($0))) }
        constants.append((try? meanings.view.resolve(expression)).map { LatticeElement(value: .type($0)) } ?? .bottom)
      case .literal(let literal):
        constants.append((try? Value(literal)).map { LatticeElement(value: $0) } ?? .bottom)
      }
    }
    self.layout = layout
    statements = layout.statements
    blocks = layout.blocks
    arguments = layout.arguments
    distantUses = layout.distantUses
    slotCount = layout.slotCount
    self.constants = constants
    self.bindings = bindings
  }

  /// What a constant operand stands for.
  func constant(_ number: Int32) -> LatticeElement { constants[Int(-1 - number)] }
}

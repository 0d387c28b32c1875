import CacheIdentity
import CacheSession
import LoweredIR

/// Answers the questions that a generator asks while it runs, and records each with its answer in the generation's
/// context.
///
/// One recorder belongs to one run of a generator. A question that is asked again is not recorded again.
public final class Recorder {
  /// The world in which the generator runs.
  public let view: WorldView
  let context: GenerationContext<LoweredCode>
  /// What was recorded: dispatches, names, declarations and generated functions, all of which the view keeps.
  private var noted: Set<ObjectIdentifier> = []

  /// Starts recording for a generation; `view` is the view of the context's world.
  public init(_ context: GenerationContext<LoweredCode>, view: WorldView) {
    self.context = context
    self.view = view
  }

  /// What a call of a function selects in a table, for concrete argument types.
  public func dispatch(table: String, function: String, arguments: ResolvedType) -> Dispatch {
    let dispatch = view.dispatch(table: table, function: function, arguments: arguments)
    context.record(dispatch.edge.question, dispatch.edge.answer)
    return dispatch
  }

  /// Records a dispatch that was answered elsewhere.
  func note(_ dispatch: Dispatch) {
    guard isNew(dispatch) else { return }
    let edge = dispatch.edge
    context.record(edge.question, edge.answer)
  }

  /// Records that the generator uses this very method (C4).
  func note(_ method: Method) {
    context.record(
      .method(table: method.table, signature: method.signature), Answer(digest: method.digest, subject: method.subject))
  }

  /// Records that a name's binding was read. What exists from the start is the same in every world and no question.
  public func note(binding name: String) { note(view.globalName(name)) }

  /// The same for a name that was looked up.
  package func note(_ name: GlobalName) {
    guard let edge = name.edge(in: view), isNew(name) else { return }
    context.record(edge.question, edge.answer)
  }

  private func isNew(_ object: AnyObject) -> Bool { noted.insert(ObjectIdentifier(object)).inserted }

  /// Records that the declarations matter with which a type is written: their fields and supertypes.
  public func note(declarationsOf type: ResolvedType) {
    type.forEachDeclaration { declaration in
      guard !declaration.isPredeclared, isNew(declaration) else { return }
      note(binding: declaration.name)
    }
  }

  /// Whether the generator calls a generated function's instance for the first time.
  func isFirstRequest(of generated: GeneratedCode) -> Bool { isNew(generated) }

  /// Records the bindings that code mentions, although nobody asked for them (C13).
  ///
  /// Generic functions that are just called are left out: what they are cannot change, and which method a call selects
  /// is asked when the call is made.
  func note(bindingsIn code: LoweredCode) {
    for statement in code.statements {
      switch statement {
      case .value(let expression), .assign(_, let expression):
        switch expression {
        case .operand(let operand): note(operand)
        case .call(let callee, let arguments):
          if case .global(let name) = callee {
            note(called: view.globalName(name))
          } else {
            note(callee)
          }
          for argument in arguments { note(argument) }
        }
      case .gotoIfNot(let operand, _), .return(let operand): note(operand)
      case .goto: break
      }
    }
  }

  /// Records a name that is called: what a generic function is cannot change.
  package func note(called name: GlobalName) {
    if case .bound = name.meaning { note(name) }
  }

  /// Records the bindings that an operand mentions.
  public func note(_ operand: Operand) {
    switch operand {
    case .global(let name): note(binding: name)
    case .literal(.type(let type)):
      type.forEachName { name in
        let name = view.globalName(name)
        if name.isBound { note(name) }
      }
    case .literal, .ssa, .slot: break
    }
  }
}

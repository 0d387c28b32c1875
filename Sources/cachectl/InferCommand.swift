import ArgumentParser
import CacheSession
import Inference
import Logging
import LoweredIR
import Overlay
import SourceStore
import StagedHost

struct InferCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "infer",
    abstract: "Infers what a call of a program gives, and shows what that rests on.",
    discussion: """
      Prints the inferred type, the worlds in which it holds, why no more of them, what would end it, and with --graph every \
      method instance that the call reaches. Nothing is run but generators, whose sources come from the store if they are there. Each \
      --then loads another file as one change of definitions, and only what depends on it is inferred again.

      EXAMPLE: cachectl infer Examples/sin.ir --call 'sin(Int64)' --overlay Emulated
      """)

  @Argument(help: "The program, a text file.", completion: .file(extensions: ["ir"]))
  var program: String

  @Option(help: ArgumentHelp("The call: a function with the types of its arguments.", valueName: "f(T, …)"))
  var call: String

  @Option(help: ArgumentHelp("Infer the call under this overlay table.", valueName: "table"))
  var overlay: String?

  @Option(
    name: .customLong("then"), help: ArgumentHelp("Then load this file, too, and infer again.", valueName: "file"),
    completion: .file(extensions: ["ir"]))
  var changes: [String] = []

  @Flag(help: "Print the call graph.")
  var graph = false

  @OptionGroup var store: StoreOptions

  @OptionGroup var images: ImageLayerOptions

  @OptionGroup var admission: AdmissionOptions

  @OptionGroup var budgets: BudgetOptions

  @Flag(help: "Infer without a cache: each generator runs whenever its source is needed.")
  var noCache = false

  @OptionGroup var json: JSONOptions

  func run() throws {
    let host = Host(natives: [OverlayPass()]) { StandardError.write($0) }
    try host.load(try Program.parse(try TextFile.read(program), file: program))
    var options = SessionOptions()
    options.isEnabled = !noCache
    options.cause = "infer \(program)"
    options.admission = admission.byName
    budgets.set(&options)
    options.logger = Logger(label: "cachectl") { _ in WarningLog() }
    let session = CacheSession<LoweredCode>(
      store: noCache ? nil : StoreOptions.openOrWarn(try store.path()), images: noCache ? [] : try images.open(),
      definitions: host.definitions, options: options)
    host.attach(session)
    defer { session.close() }

    let interpreter = AbstractInterpreter(view: host.view, session: session)
    var report = InferenceReport(interpreter)
    try report.add(program, try infer(with: interpreter))
    for file in changes {
      try host.load(try Program.parse(try TextFile.read(file), file: file))
      interpreter.move(to: host.view)
      try report.add(file, try infer(with: interpreter))
    }
    var output = Output()
    if json.isJSON {
      output.writeLine(report.json(withGraph: graph).pretty)
    } else {
      report.write(withGraph: graph, to: &output)
    }
    try output.finish()
  }

  private func infer(with interpreter: AbstractInterpreter) throws -> InferredCall {
    let (function, types) = try CallExpression(call).resolve(in: interpreter.view)
    guard let overlay else { return try interpreter.infer(function, types) }
    guard case .table(let table)? = interpreter.view.global(overlay) else { throw CommandError.noTable(overlay) }
    guard let callee = interpreter.view.global(function) else { throw InferenceError.unbound(name: function) }
    return try interpreter.infer(OverlayPass.function, [table, callee.type] + types)
  }
}

/// A call as it is written on the command line.
private struct CallExpression {
  let text: String
  let function: String
  let types: TypeExpression

  init(_ text: String) throws {
    self.text = text
    guard let bracket = text.firstIndex(of: "("), text.hasSuffix(")"), bracket > text.startIndex else {
      throw CommandError.badCall(text, reason: "it is not of the form 'f(Int64, Float64)'")
    }
    function = String(text[..<bracket].drop(while: \.isWhitespace))
    let inner = text[text.index(after: bracket)...].dropLast()
    do { types = try TypeExpression(parsing: "Tuple{\(inner)}", file: "--call") } catch {
      throw CommandError.badCall(text, reason: error.words)
    }
  }

  func resolve(in view: WorldView) throws -> (function: String, types: [ResolvedType]) {
    do {
      guard case .tuple(let parts, nil) = try view.resolve(types).shape else {
        throw CommandError.badCall(text, reason: "it has no fixed number of arguments")
      }
      return (function, parts)
    } catch let problem as TypeProblem { throw CommandError.badCall(text, reason: problem.description) }
  }
}

/// Why syntax has no lowered code.
public enum LoweringError: Error, Hashable, Sendable {
  /// `break` or `continue` stands outside of a loop.
  case outsideLoop(String)
  /// `$` stands outside of a quote.
  case interpolationOutsideQuote
  /// `xs...` stands elsewhere than among the arguments of a call or the parts of a quoted form.
  case misplacedSplat
  /// No form has this head.
  case unknownHead(String)
  /// A form of this head has another number of parts.
  case wrongPartCount(head: String, found: Int)
  /// The target of an assignment or the variable of a loop is not a name.
  case notAssignable(Syntax)
  /// The syntax is nested deeper than ``Nesting/limit``.
  case nestedTooDeeply(limit: Int)
  /// Two arguments have this name.
  case duplicateArgument(String)
  /// There is no argument that could collect further ones.
  case varargWithoutArguments
}

/// What is wrong with a text, and where.
public struct SyntaxError: Error, Hashable, Sendable {
  /// The kinds of trouble.
  public indirect enum Problem: Hashable, Sendable {
    /// Something else should stand here.
    case unexpected(String, expected: String)
    /// No token begins with this character, or a string may not contain it as it is.
    case unexpectedCharacter(Character)
    /// A string does not end on its line.
    case unterminatedString
    /// `\` and a character that has no meaning after it.
    case unknownEscape(Character)
    /// A number that is malformed or does not fit.
    case invalidNumber(String)
    /// The text ends within a construct, such as `while`, that began at the other place.
    case unterminated(String, begun: SourceLocation)
    /// More than so many levels are nested.
    case nestedTooDeeply(limit: Int)
    /// `a < b < c` and its like must be written with parentheses.
    case chainedOperators
    /// The left side of `=` is neither a name nor an element.
    case notAssignable
    /// `break` or `continue` stands outside of a loop.
    case outsideLoop(String)
    /// `$` stands outside of a quote.
    case interpolationOutsideQuote
    /// `xs...` stands where it has no meaning.
    case misplacedSplat
    /// A name is given twice.
    case duplicateName(String)
    /// No argument or local has this name.
    case unknownSlot(String)
    /// The parsed body cannot be lowered.
    case lowering(LoweringError)
    /// The text describes code that is not well formed.
    case invalidCode(InvalidCode)
  }

  /// What is wrong.
  public let problem: Problem
  /// Where.
  public let location: SourceLocation

  /// Makes an error.
  public init(_ problem: Problem, at location: SourceLocation) {
    self.problem = problem
    self.location = location
  }
}

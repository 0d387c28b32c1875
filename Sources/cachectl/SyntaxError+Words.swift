import LoweredIR

extension SyntaxError {
  /// Where and what, in one line.
  var words: String { "\(location): \(problem.words)" }
}

extension SyntaxError.Problem {
  fileprivate var words: String {
    switch self {
    case .unexpected(let found, let expected): "expected \(expected), found \(found)"
    case .unexpectedCharacter(let character): "unexpected character '\(character)'"
    case .unterminatedString: "this string does not end on its line"
    case .unknownEscape(let character): "there is no escape \\\(character)"
    case .invalidNumber(let text): "\(text) is no number that fits"
    case .unterminated(let construct, let begun): "the \(construct) that began at \(begun) is not ended"
    case .nestedTooDeeply(let limit): "nested too deeply: the limit is \(limit) levels"
    case .chainedOperators: "comparisons cannot be chained; write parentheses"
    case .notAssignable: "the left side of '=' must be a name or an element"
    case .outsideLoop(let word): "\(word) stands outside of a loop"
    case .interpolationOutsideQuote: "$ stands outside of a quote"
    case .misplacedSplat: "'...' has no meaning here"
    case .duplicateName(let name): "the name \(name) is given twice"
    case .unknownSlot(let name): "no argument or local is named \(name)"
    case .lowering(let error): error.words
    case .invalidCode(let error): error.words
    }
  }
}

extension LoweringError {
  fileprivate var words: String {
    switch self {
    case .outsideLoop(let word): "\(word) stands outside of a loop"
    case .interpolationOutsideQuote: "$ stands outside of a quote"
    case .misplacedSplat: "'...' has no meaning here"
    case .unknownHead(let head): "no form has the head \(head)"
    case .wrongPartCount(let head, let found): "a form \(head) cannot have \(found) parts"
    case .notAssignable(let target): "\(target) cannot be assigned"
    case .nestedTooDeeply(let limit): "nested too deeply: the limit is \(limit) levels"
    case .duplicateArgument(let name): "two arguments are named \(name)"
    case .varargWithoutArguments: "there is no argument to collect further ones"
    }
  }
}

extension InvalidCode {
  fileprivate var words: String { (statement.map { "statement %\($0): " } ?? "") + problem.words }
}

extension InvalidCode.Problem {
  fileprivate var words: String {
    switch self {
    case .empty: "there are no statements"
    case .fallsOffTheEnd: "the last statement lets control go on"
    case .undefinedValue(let number): "%\(number) has no value here"
    case .unknownSlot(let number): "there is no slot \(number)"
    case .unknownTarget(let number): "there is no statement %\(number) to go to"
    case .duplicateSlotName(let name): "two slots are named \(name)"
    case .varargWithoutArguments: "there is no argument to collect further ones"
    case .nestedTooDeeply(let limit): "nested too deeply: the limit is \(limit) levels"
    }
  }
}

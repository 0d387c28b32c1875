/// Program files.
public enum Program {
  /// Parses the text of a program file and lowers the bodies in it. Linear in the length of the text.
  ///
  /// `file` names the file in locations. The error is the first one.
  public static func parse(_ text: String, file: String) throws(SyntaxError) -> [Definition] {
    var parser = try Parser(text, file: file)
    return try parser.parseDefinitions()
  }
}

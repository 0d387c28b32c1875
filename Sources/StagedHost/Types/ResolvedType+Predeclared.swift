// The types that exist from the start.

extension ResolvedType {
  /// The type that every value has.
  public static let any = predeclared(.any)
  /// `Number`
  public static let number = predeclared(.number)
  /// `Real`
  public static let real = predeclared(.real)
  /// `Int64`
  public static let int = predeclared(.int64)
  /// `Bool`
  public static let bool = predeclared(.bool)
  /// `Float64`
  public static let float = predeclared(.float64)
  /// `String`
  public static let string = predeclared(.string)
  /// `Symbol`
  public static let symbol = predeclared(.symbol)
  /// `Nothing`
  public static let nothing = predeclared(.nothing)
  /// `Syntax`
  public static let syntax = predeclared(.syntax)
  /// `Type`: all types.
  public static let type = predeclared(.type)
  /// `Function`: all functions.
  public static let function = predeclared(.function)
  /// `Table`: all overlay tables.
  public static let table = predeclared(.table)
  /// `AbstractArray`
  public static let abstractArray = predeclared(.abstractArray)
}

extension TypeDeclaration {
  static let any = TypeDeclaration(predeclared: "Any", kind: .abstract, parent: nil)
  static let number = TypeDeclaration(predeclared: "Number", kind: .abstract)
  static let real = TypeDeclaration(predeclared: "Real", kind: .abstract, parent: number)
  static let integer = TypeDeclaration(predeclared: "Integer", kind: .abstract, parent: real)
  static let abstractFloat = TypeDeclaration(predeclared: "AbstractFloat", kind: .abstract, parent: real)
  static let int64 = TypeDeclaration(predeclared: "Int64", kind: .primitive, parent: integer)
  static let bool = TypeDeclaration(predeclared: "Bool", kind: .primitive, parent: integer)
  static let float64 = TypeDeclaration(predeclared: "Float64", kind: .primitive, parent: abstractFloat)
  static let string = TypeDeclaration(predeclared: "String", kind: .primitive)
  static let symbol = TypeDeclaration(predeclared: "Symbol", kind: .primitive)
  static let nothing = TypeDeclaration(predeclared: "Nothing", kind: .primitive)
  static let syntax = TypeDeclaration(predeclared: "Syntax", kind: .primitive)
  static let type = TypeDeclaration(predeclared: "Type", kind: .abstract)
  static let function = TypeDeclaration(predeclared: "Function", kind: .abstract)
  static let table = TypeDeclaration(predeclared: "Table", kind: .abstract)
  static let abstractArray = TypeDeclaration(predeclared: "AbstractArray", kind: .abstract)
  package static let array = TypeDeclaration(
    predeclared: "Array", kind: .primitive, parameters: ["T"], parent: abstractArray)

  /// All of them, by name.
  static let predeclared: [String: TypeDeclaration] = Dictionary(
    uniqueKeysWithValues: [
      any, number, real, integer, abstractFloat, int64, bool, float64, string, symbol, nothing, syntax, type, function,
      table, abstractArray, array,
    ].map { ($0.name, $0) })

  private convenience init(
    predeclared name: String, kind: Kind, parameters: [String] = [], parent: TypeDeclaration? = .any
  ) {
    self.init(
      name: name, kind: kind, parameters: parameters, supertype: parent.map { .named($0.name) },
      scope: parent.map { [$0.name: $0] } ?? [:], fields: [])
  }
}

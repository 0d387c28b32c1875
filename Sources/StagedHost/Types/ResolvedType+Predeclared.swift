// The types that exist from the start. Their order in this file is their order of initialization: a type's supertypes
// are named by its ancestors.

extension ResolvedType {
  /// The type that every value has.
  public static let any = predeclared(.any, ancestors: [])
  /// `Number`
  public static let number = predeclared(.number, ancestors: [.any])
  /// `Real`
  public static let real = predeclared(.real, ancestors: [.number, .any])
  /// `Integer`
  public static let anyInteger = predeclared(.integer, ancestors: [.real, .number, .any])
  /// `AbstractFloat`
  public static let anyFloat = predeclared(.abstractFloat, ancestors: [.real, .number, .any])
  /// `Int64`
  public static let int = predeclared(.int64, ancestors: [.anyInteger, .real, .number, .any])
  /// `Bool`
  public static let bool = predeclared(.bool, ancestors: [.anyInteger, .real, .number, .any])
  /// `Float64`
  public static let float = predeclared(.float64, ancestors: [.anyFloat, .real, .number, .any])
  /// `String`
  public static let string = predeclared(.string, ancestors: [.any])
  /// `Symbol`
  public static let symbol = predeclared(.symbol, ancestors: [.any])
  /// `Nothing`
  public static let nothing = predeclared(.nothing, ancestors: [.any])
  /// `Syntax`
  public static let syntax = predeclared(.syntax, ancestors: [.any])
  /// `Type`: all types.
  public static let type = predeclared(.type, ancestors: [.any])
  /// `Function`: all functions.
  public static let function = predeclared(.function, ancestors: [.any])
  /// `Table`: all overlay tables.
  public static let table = predeclared(.table, ancestors: [.any])
  /// `AbstractArray`
  public static let abstractArray = predeclared(.abstractArray, ancestors: [.any])
}

extension TypeDeclaration {
  static let any = TypeDeclaration(predeclared: "Any", kind: .abstract)
  static let number = TypeDeclaration(predeclared: "Number", kind: .abstract)
  static let real = TypeDeclaration(predeclared: "Real", kind: .abstract)
  static let integer = TypeDeclaration(predeclared: "Integer", kind: .abstract)
  static let abstractFloat = TypeDeclaration(predeclared: "AbstractFloat", kind: .abstract)
  static let int64 = TypeDeclaration(predeclared: "Int64", kind: .primitive)
  static let bool = TypeDeclaration(predeclared: "Bool", kind: .primitive)
  static let float64 = TypeDeclaration(predeclared: "Float64", kind: .primitive)
  static let string = TypeDeclaration(predeclared: "String", kind: .primitive)
  static let symbol = TypeDeclaration(predeclared: "Symbol", kind: .primitive)
  static let nothing = TypeDeclaration(predeclared: "Nothing", kind: .primitive)
  static let syntax = TypeDeclaration(predeclared: "Syntax", kind: .primitive)
  static let type = TypeDeclaration(predeclared: "Type", kind: .abstract)
  static let function = TypeDeclaration(predeclared: "Function", kind: .abstract)
  static let table = TypeDeclaration(predeclared: "Table", kind: .abstract)
  static let abstractArray = TypeDeclaration(predeclared: "AbstractArray", kind: .abstract)
  static let array = TypeDeclaration(
    predeclared: "Array", kind: .primitive, parameters: ["T"], supertype: .named("AbstractArray"),
    scope: ["AbstractArray": .abstractArray])

  /// All of them, by name.
  static let predeclared: [String: TypeDeclaration] = Dictionary(
    uniqueKeysWithValues: [
      any, number, real, integer, abstractFloat, int64, bool, float64, string, symbol, nothing, syntax, type, function,
      table, abstractArray, array,
    ].map { ($0.name, $0) })
}

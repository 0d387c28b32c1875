/// One definition of a program file.
public enum Definition: Hashable, Sendable {
  /// `abstract Name <: Super`
  case abstractType(name: String, supertype: TypeExpression)
  /// `struct Name{T} <: Super … end`
  case structType(StructDefinition)
  /// `const name = value`: the value is code without arguments.
  case constant(name: String, value: LoweredCode)
  /// `table Name`: an overlay method table.
  case table(name: String)
  /// A method of any kind.
  case method(MethodDefinition)
}

/// `struct Name{T} <: Super` and its fields. Type parameters may stand in the supertype and in the types of fields.
public struct StructDefinition: Hashable, Sendable {
  /// A field's name and declared type.
  public struct Field: Hashable, Sendable {
    /// The name.
    public var name: String
    /// The declared type.
    public var type: TypeExpression

    /// Makes a field.
    public init(name: String, type: TypeExpression) {
      self.name = name
      self.type = type
    }
  }

  /// The type's name.
  public var name: String
  /// Names of the type parameters.
  public var parameters: [String]
  /// The supertype, `Any` if none is written.
  public var supertype: TypeExpression
  /// The fields in order.
  public var fields: [Field]

  /// Makes a definition.
  public init(name: String, parameters: [String], supertype: TypeExpression, fields: [Field]) {
    self.name = name
    self.parameters = parameters
    self.supertype = supertype
    self.fields = fields
  }
}

/// A method as it is written: where it goes, what it accepts, and its code.
public struct MethodDefinition: Hashable, Sendable {
  /// How a call gets the code that runs.
  public enum Kind: UInt8, Hashable, Sendable {
    /// The code is the body.
    case plain
    /// The code is a generator: it sees argument types and returns syntax. Runs for each need (W14).
    case generated
    /// The same, opted in to be cached.
    case cachedGenerated
  }

  /// The overlay table; `nil` for the global table.
  public var table: String?
  /// The type of the callee: `typeof(sin)`, or a struct type whose values are called.
  public var callee: TypeExpression
  /// Name of the callee inside the body, when it is a struct's value: the `c` of `function (c::Compose)(x)`. It is then
  /// the code's first argument.
  public var calleeName: String?
  /// Declared types of the arguments, the vararg one included.
  public var parameterTypes: [TypeExpression]
  /// Plain or generated.
  public var kind: Kind
  /// The body, or the generator's code. Its arguments are `calleeName` (if any) and the parameters.
  public var code: LoweredCode
  /// Where it was read. Not part of its identity.
  public var location: SourceLocation

  /// Makes a definition.
  public init(
    table: String? = nil, callee: TypeExpression, calleeName: String? = nil, parameterTypes: [TypeExpression],
    kind: Kind = .plain, code: LoweredCode, location: SourceLocation
  ) {
    self.table = table
    self.callee = callee
    self.calleeName = calleeName
    self.parameterTypes = parameterTypes
    self.kind = kind
    self.code = code
    self.location = location
  }
}

/// A place in a program file; lines and columns count from 1.
public struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
  /// The file as it was named.
  public var file: String
  /// The line.
  public var line: Int
  /// The column.
  public var column: Int

  /// Makes a location.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`
  public var description: String { "\(file):\(line):\(column)" }
}

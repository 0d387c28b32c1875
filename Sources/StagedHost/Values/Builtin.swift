/// A function that the host itself provides. Their names cannot be redefined.
public enum Builtin: String, Sendable, CaseIterable {
  case addInt = "add_int"
  case subInt = "sub_int"
  case mulInt = "mul_int"
  case divInt = "div_int"
  case remInt = "rem_int"
  case negInt = "neg_int"
  case andInt = "and_int"
  case orInt = "or_int"
  case xorInt = "xor_int"
  case shlInt = "shl_int"
  case shrInt = "shr_int"
  case eqInt = "eq_int"
  case ltInt = "lt_int"
  case leInt = "le_int"
  case addFloat = "add_float"
  case subFloat = "sub_float"
  case mulFloat = "mul_float"
  case divFloat = "div_float"
  case negFloat = "neg_float"
  case eqFloat = "eq_float"
  case ltFloat = "lt_float"
  case leFloat = "le_float"
  case sqrtFloat = "sqrt_float"
  case floorFloat = "floor_float"
  case truncFloat = "trunc_float"
  case absFloat = "abs_float"
  case roundFloat = "round_float"
  case floatOfInt = "float_of_int"
  case intOfFloat = "int_of_float"
  case bitsOfFloat = "bits_of_float"
  case floatOfBits = "float_of_bits"
  case notBool = "not_bool"
  case identical = "==="
  case notIdentical = "!=="
  case typeOf = "typeof"
  case isA = "isa"
  case subtype = "<:"
  case getField = "getfield"
  case fieldCountOfValue = "nfields"
  case fieldType = "fieldtype"
  case fieldCount = "fieldcount"
  case fieldName = "fieldname"
  case typeParameter = "type_parameter"
  case typeParameterCount = "type_parameter_count"
  case typeName = "type_name"
  case tupleTypeLength = "tuple_type_length"
  case applyType = "apply_type"
  case functionInstance = "function_instance"
  case tuple = "tuple"
  case tupleLength = "tuple_length"
  case tupleGet = "tuple_get"
  case vector = "vector"
  case arrayNew = "array_new"
  case arrayLength = "array_length"
  case arrayGet = "array_get"
  case arraySet = "array_set!"
  case arrayPush = "array_push!"
  case elementType = "eltype_array"
  case string = "string"
  case symbol = "symbol"
  case print = "print"
  case printLine = "println"
  case error = "error"
  case raise = "throw"
  case stringLength = "length_string"
  case apply = "_apply"
  case syntax = "_syntax"
  case syntaxLiteral = "syntax_literal"
  case syntaxName = "syntax_name"

  /// The builtin of a name, by one look-up.
  public static func named(_ name: String) -> Builtin? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

  /// How many arguments it takes; the upper bound is `nil` if there is none.
  package var arity: (least: Int, most: Int?) {
    switch self {
    case .negInt, .negFloat, .sqrtFloat, .floorFloat, .truncFloat, .absFloat, .roundFloat, .floatOfInt, .intOfFloat,
      .bitsOfFloat, .floatOfBits, .notBool, .typeOf, .fieldCountOfValue, .fieldCount, .typeParameterCount, .typeName,
      .tupleTypeLength, .functionInstance, .tupleLength, .arrayLength, .elementType, .symbol, .stringLength,
      .syntaxLiteral, .syntaxName:
      (1, 1)
    case .addInt, .subInt, .mulInt, .divInt, .remInt, .andInt, .orInt, .xorInt, .shlInt, .shrInt, .eqInt, .ltInt,
      .leInt,
      .addFloat, .subFloat, .mulFloat, .divFloat, .eqFloat, .ltFloat, .leFloat, .identical, .notIdentical, .isA,
      .subtype,
      .getField, .fieldType, .fieldName, .typeParameter, .tupleGet, .arrayGet, .arrayPush:
      (2, 2)
    case .arrayNew, .arraySet: (3, 3)
    case .apply, .applyType, .syntax: (1, nil)
    case .tuple, .vector, .string, .print, .printLine, .error, .raise: (0, nil)
    }
  }
}

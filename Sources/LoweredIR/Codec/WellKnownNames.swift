/// Names that codes need not spell out. Their numbers are part of the form "lowered-ir/2": the list never changes.
enum WellKnownNames {
  static let list = [
    // Heads of forms.
    "call", "=", "block", "if", "while", "for", "break", "continue", "return", "&&", "||", "quote", "$", "...",
    // Slots.
    "#1", "#2", "#3", "#callee", "x", "y", "z", "a", "b", "f", "i", "n", "args", "xs",
    // Functions of the language.
    "+", "-", "*", "/", "÷", "%", "^", "<", "<=", ">", ">=", "==", "!=", "!", "===", "!==", "<:", "colon", "getindex",
    "setindex!", "iterate", "length", "convert",
    // Builtins.
    "_apply", "_syntax", "tuple", "tuple_get", "tuple_length", "vector", "getfield", "nfields", "fieldtype",
    "fieldcount",
    "apply_type", "typeof", "isa", "overdub", "error", "array_new", "array_length", "array_get", "array_set!",
    "array_push!", "add_int", "sub_int", "mul_int", "div_int", "rem_int", "neg_int", "eq_int", "lt_int", "le_int",
    "add_float", "sub_float", "mul_float", "div_float", "neg_float", "eq_float", "lt_float", "le_float", "not_bool",
    // Types.
    "Any", "Number", "Real", "Int64", "Bool", "Float64", "String", "Symbol", "Nothing", "Type", "Array", "Complex",
  ]

  static let numbers = [ExactText: Int](uniqueKeysWithValues: list.enumerated().map { (ExactText($1), $0) })
}

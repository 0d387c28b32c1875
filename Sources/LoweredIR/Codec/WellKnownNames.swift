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
}

// Looking a name up, without making a text of its bytes.
extension WellKnownNames {
  /// Where the number of a name stands: at its hash, or in the next places that are not free. A free place holds -1.
  private static let places: [Int] = {
    var places = [Int](repeating: -1, count: 1024)
    for (number, name) in list.enumerated() {
      var place = Int(ExactText(name).hash & 1023)
      while places[place] >= 0 { place = (place + 1) & 1023 }
      places[place] = number
    }
    return places
  }()

  /// The number of a name, if it is well known; `hash` is that of its bytes.
  static func number(of bytes: some Sequence<UInt8>, hash: UInt64) -> Int? {
    var place = Int(hash & 1023)
    while places[place] >= 0 {
      if list[places[place]].utf8.elementsEqual(bytes) { return places[place] }
      place = (place + 1) & 1023
    }
    return nil
  }
}

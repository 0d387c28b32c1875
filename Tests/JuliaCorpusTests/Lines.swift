/// Lines of a corpus, written by hand.
enum Lines {
  static let method = """
    {"name":"half","module":"Main.Numbers","file":"numbers.jl","line":7,"sig":"Tuple{typeof(half),Real}","nargs":2,\
    "primary_world":12623,"deleted_world":18446744073709551615,"source_hash":"5038a8fd2566d910"}
    """

  /// An instance whose code has these statements, all on the first line of the table but the first.
  static func generated(
    _ statements: [String], slots: [String] = ["#pass#", "fargs"], limit: String = method, locations: [Int]? = nil
  ) -> String {
    let locations = locations ?? statements.indices.map { min($0, 1) }
    return """
      {"id":2,"kind":"generated","argtypes":["typeof(half)","Int64"],"method":\(method),"spec":"Tuple{typeof(half),Int64}",\
      "ir_bytes":96,"ci":{"code":[\(statements.joined(separator: ","))],"codelocs":\(locations),\
      "linetable":[["half","numbers.jl",7,0]],"slotnames":\(slots),"slotflags":\(slots.indices.map { $0 % 3 }),\
      "inlineable":false,"propagate_inbounds":true,"pure":false,"limit_method":\(limit),\
      "max_world":18446744073709551615,"edges":[{"spec":"Tuple{typeof(half),Int64}","sparams":[],"method":\(method)}]}}
      """
  }

  static let negative =
    #"{"id":9,"kind":"negative","argtypes":["Type{String}","BitArray{1}"],"key64":"30203e38e01ee9ba"}"#
}

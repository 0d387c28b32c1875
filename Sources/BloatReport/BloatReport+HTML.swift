extension BloatReport {
  /// The most groups of a dimension that a page shows.
  private static let shownGroups = 1_000

  /// The report as one page that loads nothing: a map that can be opened, size against benefit, growth, sortable tables.
  public var html: String {
    let data = json(groupLimit: BloatReport.shownGroups, withTree: true).compact
    return BloatReport.page([
      "style": String(decoding: PackageResources.page_css, as: UTF8.self),
      "data": BloatReport.escapedForScript(data),
      "script": String(decoding: PackageResources.page_js, as: UTF8.self),
    ])
  }

  /// JSON that no HTML parser takes for the end of its element, or for a comment: `<` stands in strings only.
  static func escapedForScript(_ json: String) -> String { json.replacing("<", with: "\\u003c") }

  /// The page with its places filled. What is filled in is not looked at again.
  private static func page(_ contents: [String: String]) -> String {
    let pieces = String(decoding: PackageResources.page_html, as: UTF8.self).split(
      separator: "{{", omittingEmptySubsequences: false)
    var page = String(pieces.first ?? "")
    for piece in pieces.dropFirst() {
      guard let end = piece.firstRange(of: "}}") else { continue }
      page += contents[String(piece[..<end.lowerBound])] ?? ""
      page += piece[end.upperBound...]
    }
    return page
  }
}

extension BloatNode {
  /// Only what the map shows: the tree has thousands of nodes.
  var json: JSON {
    .object([
      "name": .text(name),
      "sizes": .object([
        "entries": .integer(sizes.entries), "diskBytes": .integer(sizes.disk), "hits": .integer(sizes.hits),
        "savedNanoseconds": .integer(sizes.savedNanoseconds),
      ]), "children": .array(children.map(\.json)),
    ])
  }
}

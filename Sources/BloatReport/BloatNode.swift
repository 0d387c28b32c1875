import SourceStore

/// Entries in a tree: generators, their modules, methods, and instances.
public struct BloatNode: Sendable {
  /// The dimension by which the children of the root differ, then of theirs.
  public static let levels: [BloatDimension] = [.generator, .module, .method, .instance]
  /// What has less than this part of all bytes is gathered, so that the tree of a store of any size can be shown.
  static let resolution: Int64 = 4_000

  /// The name within its parent.
  public let name: String
  /// What all below it take and save.
  public let sizes: BloatSizes
  /// What it consists of, the largest first.
  public let children: [BloatNode]

  init(_ entries: [MeasuredEntry], _ sizes: [BloatSizes]) {
    let least = sizes.reduce(0) { $0 + $1.disk } / BloatNode.resolution
    self.init("", level: 0, Array(sizes.indices), entries, sizes, least: least)
  }

  private init(
    _ name: String, level: Int, _ members: [Int], _ entries: [MeasuredEntry], _ sizes: [BloatSizes], least: Int64
  ) {
    self.name = name
    let sum = BloatSizes.sum(of: members, in: sizes)
    self.sizes = sum
    guard level < BloatNode.levels.count else {
      children = []
      return
    }
    let dimension = BloatNode.levels[level]
    let parts = Dictionary(grouping: members) { dimension.groups(of: entries[$0], measuredAt: 0)[0] }
    var (named, small) = ([BloatNode](), [Int]())
    for (name, members) in parts {
      let bytes = members.reduce(0) { $0 + sizes[$1].disk }
      if bytes < least {
        small += members
      } else {
        named.append(BloatNode(name, level: level + 1, members, entries, sizes, least: least))
      }
    }
    named.sort { ($1.sizes.disk, $0.name) < ($0.sizes.disk, $1.name) }
    if !small.isEmpty { named.append(BloatNode(gathering: small, sizes)) }
    children = named
  }

  /// One node for many small ones.
  private init(gathering members: [Int], _ sizes: [BloatSizes]) {
    name = "\(members.count) small ones"
    self.sizes = BloatSizes.sum(of: members, in: sizes)
    children = []
  }
}

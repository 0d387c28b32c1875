import ArgumentParser
import CacheSession

/// What sources may take.
struct BudgetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What sources in memory may take, such as 64M; what saves the least time a byte is evicted.", valueName: "size"))
  var memoryBudget: ByteSize?

  @Option(
    help: ArgumentHelp(
      "What the store may take, such as 200M; what saves the least time a byte is evicted after a write.",
      valueName: "size"))
  var storeBudget: ByteSize?

  func set(_ options: inout SessionOptions) {
    options.memoryBudget = memoryBudget?.bytes
    options.storeBudget = storeBudget?.bytes
  }
}

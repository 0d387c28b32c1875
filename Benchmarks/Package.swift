// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that what is only compared with never becomes a dependency of the library.
let package = Package(
  name: "WorldCacheBenchmarks",
  dependencies: [
    .package(name: "WorldCache", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .executableTarget(
      name: "benchmarks",
      dependencies: [
        // Run as a process, from beside this executable.
        .product(name: "cachectl", package: "WorldCache"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "BenchmarksTests", dependencies: ["benchmarks"]),
  ]
)

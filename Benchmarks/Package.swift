// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that what is only compared with never becomes a dependency of the library.
let package = Package(
  name: "WorldCacheBenchmarks",
  traits: [
    // Takes a minute more to build, and needs what ./setup installs.
    .trait(name: "Peers", description: "Compares with LMDB and GRDB too."),
    .default(enabledTraits: []),
  ],
  dependencies: [
    .package(name: "WorldCache", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(name: "CTicks"),
    .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
    .systemLibrary(name: "CPeerSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .executableTarget(
      name: "benchmarks",
      dependencies: [
        "CTicks", "CPeerSQLite",
        .target(name: "CLMDB", condition: .when(traits: ["Peers"])),
        .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["Peers"])),
        .product(name: "WorldCache", package: "WorldCache"),
        .product(name: "JuliaCorpus", package: "WorldCache"),
        // Run as a process, from beside this executable.
        .product(name: "cachectl", package: "WorldCache"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "BenchmarksTests", dependencies: ["benchmarks"]),
  ]
)

// swift-tools-version: 6.2
import PackageDescription

// Targets stand in the order in which data flows: a target imports only targets above it.
let package = Package(
  name: "WorldCache",
  products: [
    .library(name: "WorldCache", targets: ["WorldCache"]),
    .executable(name: "cachectl", targets: ["cachectl"]),
    // For the benchmarks, which are a package of their own.
    .library(name: "JuliaCorpus", targets: ["JuliaCorpus", "LoweredIR"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .target(name: "CXXHash"),
    .target(name: "CAllocations"),
    .target(name: "CPrefetch"),
    .target(
      name: "Migrations", path: "migrations", sources: ["Migration.swift"],
      resources: [
        .embedInCode("v001_initial.sql"), .embedInCode("v002_compact_rows.sql"), .embedInCode("v003_small_rows.sql"),
        .embedInCode("v004_moving_ranges.sql"),
      ]),
    .target(name: "CacheIdentity", dependencies: [.product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "SourceCodec", dependencies: ["CZstd", "CacheIdentity"]),
    .target(name: "SourceStore", dependencies: ["CSQLite", "CXXHash", "Migrations", "CacheIdentity", "SourceCodec"]),
    .target(
      name: "SystemImage",
      dependencies: [
        "CLZ4", "CXXHash", "CacheIdentity", "SourceCodec", "SourceStore",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(
      name: "CacheSession",
      dependencies: [
        "CPrefetch", "CacheIdentity", "SourceCodec", "SourceStore", "SystemImage",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(
      name: "BloatReport", dependencies: ["CacheIdentity", "SourceStore", "SystemImage"],
      resources: [.embedInCode("Page/page.html"), .embedInCode("Page/page.css"), .embedInCode("Page/page.js")]),
    .target(
      name: "WorldCache",
      dependencies: ["CacheIdentity", "SourceCodec", "SourceStore", "SystemImage", "CacheSession", "BloatReport"]),
    .target(name: "LoweredIR", dependencies: ["CacheIdentity", "SourceCodec"]),
    .target(name: "StagedHost", dependencies: ["CacheIdentity", "SourceCodec", "CacheSession", "LoweredIR"]),
    .target(name: "Inference", dependencies: ["CacheIdentity", "CacheSession", "LoweredIR", "StagedHost"]),
    .target(name: "Overlay", dependencies: ["CacheIdentity", "CacheSession", "LoweredIR", "StagedHost"]),
    .target(name: "JuliaCorpus", dependencies: ["CacheIdentity", "SourceCodec", "SourceStore", "LoweredIR"]),
    .executableTarget(
      name: "cachectl",
      dependencies: [
        "CAllocations", "CacheIdentity", "SourceCodec", "SourceStore", "SystemImage", "CacheSession", "BloatReport",
        "LoweredIR", "StagedHost", "Inference", "Overlay", "JuliaCorpus",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(name: "LibraryExample", dependencies: ["WorldCache"], path: "Examples/Library"),
    .testTarget(
      name: "CachectlTests",
      dependencies: [
        "cachectl", "CacheIdentity", "SourceCodec", "SourceStore", "SystemImage", "CacheSession", "LoweredIR",
      ]),
    .testTarget(
      name: "BloatReportTests",
      dependencies: ["BloatReport", "CacheIdentity", "SourceCodec", "SourceStore", "SystemImage"]),
    .testTarget(name: "CacheIdentityTests", dependencies: ["CacheIdentity"]),
    .testTarget(name: "SourceCodecTests", dependencies: ["CAllocations", "CacheIdentity", "SourceCodec"]),
    .testTarget(
      name: "SourceStoreTests", dependencies: ["CSQLite", "Migrations", "CacheIdentity", "SourceCodec", "SourceStore"]),
    .testTarget(
      name: "CacheSessionTests",
      dependencies: [
        "CacheIdentity", "SourceCodec", "SourceStore", "SystemImage", "CacheSession",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(
      name: "InferenceTests",
      dependencies: ["CacheIdentity", "CacheSession", "Inference", "LoweredIR", "Overlay", "SourceStore", "StagedHost"]),
    .testTarget(
      name: "OverlayTests", dependencies: ["CacheIdentity", "CacheSession", "LoweredIR", "StagedHost", "Overlay"]),
    .testTarget(
      name: "StagedHostTests",
      dependencies: ["CacheIdentity", "CacheSession", "LoweredIR", "SourceStore", "StagedHost"]),
    .target(
      name: "CrashModel", dependencies: ["CacheIdentity", "SourceCodec", "SourceStore"], path: "Tests/CrashModel"),
    .executableTarget(
      name: "CrashWriter", dependencies: ["CacheIdentity", "CrashModel", "SourceStore"], path: "Tests/CrashWriter"),
    .target(
      name: "ImageModel", dependencies: ["CacheIdentity", "SourceCodec", "SourceStore", "SystemImage"],
      path: "Tests/ImageModel"),
    .executableTarget(
      name: "ImageFuzzer", dependencies: ["CacheIdentity", "ImageModel", "SourceCodec", "SourceStore", "SystemImage"],
      path: "Tests/ImageFuzzer"),
    .testTarget(
      name: "SystemImageTests",
      dependencies: ["CacheIdentity", "ImageModel", "SourceCodec", "SourceStore", "SystemImage"]),
    .testTarget(
      name: "CompatibilityTests",
      dependencies: ["CacheIdentity", "CrashModel", "ImageModel", "SourceStore", "SystemImage"],
      resources: [.copy("Images"), .copy("Stores")]),
    .testTarget(name: "CrashTests", dependencies: ["CacheIdentity", "CrashModel", "CrashWriter", "SourceStore"]),
    .testTarget(
      name: "ExamplesTests",
      dependencies: ["CacheSession", "Inference", "LoweredIR", "Overlay", "SourceStore", "StagedHost"]),
    .testTarget(name: "JuliaCorpusTests", dependencies: ["CacheIdentity", "JuliaCorpus", "LoweredIR", "SourceCodec"]),
    .testTarget(name: "LoweredIRTests", dependencies: ["CacheIdentity", "LoweredIR", "SourceCodec"]),
  ]
)

// swift-tools-version: 6.1
import PackageDescription

// Apart from the package that it measures: no user of that builds this.
let package = Package(
  name: "Benchmarks",
  dependencies: [
    .package(name: "qosdiff", path: "../.."),
    .package(url: "https://github.com/apple/swift-collections", .upToNextMinor(from: "1.6.0")),
  ],
  targets: [
    .executableTarget(
      name: "kernels", dependencies: [.product(name: "KernelBench", package: "qosdiff")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    .target(name: "MMcReference", cxxSettings: [.unsafeFlags(["-O3"])]),
    .executableTarget(
      name: "simulation",
      dependencies: [
        "MMcReference", .product(name: "Simulation", package: "qosdiff"),
        .product(name: "HeapModule", package: "swift-collections"),
      ], swiftSettings: [.swiftLanguageMode(.v6)]),
  ])

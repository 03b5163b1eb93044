// swift-tools-version: 6.1
import PackageDescription

// Apart from the package that it measures: no user of that builds this.
let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "qosdiff", path: "../..")],
  targets: [
    .executableTarget(
      name: "kernels", dependencies: [.product(name: "KernelBench", package: "qosdiff")],
      swiftSettings: [.swiftLanguageMode(.v6)])
  ])

// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A module of the package; `uses` may name only modules above it in the list.
func module(_ name: String, uses modules: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: modules, swiftSettings: settings)
}

func tests(_ name: String, uses: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.init(stringLiteral: name)] + uses, exclude: exclude,
    swiftSettings: settings)
}

let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let arguments: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "qosdiff",
  products: [
    .executable(name: "qosdiff", targets: ["qosdiff"]),
    // For the benchmarks, a package of their own.
    .library(name: "KernelBench", targets: ["KernelBench"]),
    // Static, so that it can be built alone: `swift build --product Simulation`.
    .library(
      name: "Simulation", type: .static,
      targets: ["EventEngine", "Experiments", "Results", "Scenarios", "Sweeps"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", .upToNextMinor(from: "1.8.2")),
    .package(url: "https://github.com/apple/swift-collections", .upToNextMinor(from: "1.6.0")),
    .package(url: "https://github.com/groue/GRDB.swift", .upToNextMinor(from: "7.10.0")),
    .package(url: "https://github.com/jpsim/Yams", .upToNextMinor(from: "6.2.2")),
  ],
  targets: [
    // Each module after those that it uses.
    // Only its header: a policy that plans by optimisation loads the library itself.
    .systemLibrary(name: "CGLPK", providers: [.apt(["libglpk-dev"])]),
    .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"])]),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CSched"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    module("Diagnostics", uses: []),
    .executableTarget(name: "hash-sources", swiftSettings: settings),
    .plugin(
      name: "HashSources", capability: .buildTool(), dependencies: ["hash-sources"]),
    .target(name: "ProgramIdentity", swiftSettings: settings, plugins: ["HashSources"]),
    module("EventEngine", uses: ["CGSL"]),
    module("DiffusionModels", uses: []),
    module("LatencyProfiles", uses: ["CGSL", "Diagnostics", "DiffusionModels", "EventEngine"]),
    module(
      "KernelBench",
      uses: ["COneDNN", "CPNG", "Diagnostics", "DiffusionModels", "LatencyProfiles"]),
    module("LatentDynamics", uses: ["CGSL", "Diagnostics", "EventEngine"]),
    module("Workload", uses: ["CGSL", "Diagnostics", "EventEngine"]),
    module("Gzip", uses: ["CZlib", "Workload"]),
    module(
      "Cluster",
      uses: ["CGSL", "EventEngine", "LatencyProfiles", "LatentDynamics", "Workload", heap, deque]),
    module(
      "LiveServer",
      uses: [
        "CSched", "Cluster", "Diagnostics", "DiffusionModels", "EventEngine", "KernelBench",
        "LatencyProfiles", "LatentDynamics", "Workload",
      ]),
    module(
      "Policies",
      uses: [
        "CGLPK", "CGSL", "Cluster", "EventEngine", "LatencyProfiles", "LatentDynamics", "Workload",
        heap,
      ]),
    module(
      "Scenarios",
      uses: [
        "Cluster", "Diagnostics", "DiffusionModels", "EventEngine", "LatencyProfiles",
        "LatentDynamics", "Policies", "Workload", yams,
      ]),
    module(
      "Results",
      uses: ["Cluster", "Diagnostics", "EventEngine", "LatencyProfiles", "Workload", grdb, sqlite]),
    module(
      "Timeline", uses: ["Cluster", "Diagnostics", "EventEngine", "LatencyProfiles", "Workload"]),
    module(
      "Analysis",
      uses: [
        "CGSL", "Cluster", "Diagnostics", "EventEngine", "LatencyProfiles", "LatentDynamics",
        "Policies", "Results", "Scenarios", "Workload",
      ]),
    module(
      "Experiments",
      uses: [
        "Analysis", "Cluster", "Diagnostics", "EventEngine", "LatencyProfiles", "LatentDynamics",
        "Policies", "Results", "Scenarios", "Workload", heap,
      ]),
    module(
      "Sweeps",
      uses: [
        "Analysis", "CGSL", "Cluster", "Diagnostics", "EventEngine", "Experiments", "Policies",
        "Results", "Scenarios", "Workload",
      ]),
    module(
      "LiveValidation",
      uses: [
        "Cluster", "Diagnostics", "DiffusionModels", "EventEngine", "Experiments", "KernelBench",
        "LatencyProfiles", "LatentDynamics", "LiveServer", "Results", "Scenarios", "Sweeps",
        "Workload",
      ]),
    module("Reporting", uses: ["Diagnostics", "LatencyProfiles", "Results"]),
    module(
      "TextReports",
      uses: [
        "Analysis", "DiffusionModels", "EventEngine", "Experiments", "KernelBench",
        "LatencyProfiles", "LatentDynamics", "LiveServer", "LiveValidation", "Policies",
        "Reporting",
        "Results", "Scenarios", "Sweeps", "Workload",
      ]),
    .executableTarget(
      name: "qosdiff",
      dependencies: [
        "Analysis", "Cluster", "Diagnostics", "DiffusionModels", "EventEngine", "Experiments",
        "Gzip", "KernelBench", "LatencyProfiles", "LatentDynamics", "LiveServer", "LiveValidation",
        "Policies", "ProgramIdentity", "Reporting", "Results", "Scenarios", "Sweeps", "TextReports",
        "Timeline", "Workload", arguments,
      ],
      swiftSettings: settings),
    tests("Diagnostics", uses: []),
    tests("EventEngine", uses: ["CGSL"]),
    tests("DiffusionModels", uses: []),
    tests(
      "KernelBench", uses: ["DiffusionModels", "LatencyProfiles"],
      exclude: ["accelerator_test.py"]),
    tests(
      "LatencyProfiles", uses: ["Diagnostics", "DiffusionModels", "EventEngine"],
      exclude: ["Fixtures"]),
    tests("LatentDynamics", uses: ["Diagnostics", "EventEngine"], exclude: ["tiny_pipeline.py"]),
    tests("Workload", uses: ["Diagnostics", "EventEngine", "Gzip"]),
    tests(
      "LiveServer",
      uses: [
        "Cluster", "DiffusionModels", "EventEngine", "KernelBench", "LatencyProfiles",
        "LatentDynamics", "Workload",
      ]),
    tests(
      "Cluster",
      uses: ["EventEngine", "LatencyProfiles", "LatentDynamics", "Policies", "Workload"],
      exclude: ["gantt.py"]),
    tests(
      "Policies",
      uses: ["Cluster", "EventEngine", "LatencyProfiles", "LatentDynamics", "Workload"]),
    tests(
      "Scenarios",
      uses: [
        "Cluster", "Diagnostics", "EventEngine", "LatencyProfiles", "LatentDynamics", "Policies",
        "Workload",
      ]),
    tests(
      "Results", uses: ["Cluster", "Diagnostics", "EventEngine", "Workload", grdb],
      exclude: ["Fixtures"]),
    tests("Analysis", uses: ["Results", "Workload"]),
    // Of sweeps, too: most are of both.
    tests(
      "Experiments",
      uses: [
        "Analysis", "Cluster", "Diagnostics", "EventEngine", "LatencyProfiles", "LatentDynamics",
        "Policies",
        "Results", "Scenarios", "Sweeps", "Workload",
      ], exclude: ["SettingPairs.tsv"]),
    tests("LiveValidation", uses: ["Cluster", "EventEngine", "Results", "Workload"]),
    tests(
      "Timeline",
      uses: ["Cluster", "Diagnostics", "EventEngine", "LatencyProfiles", "Policies", "Workload"]),
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "Diagnostics", "Gzip", "LatencyProfiles", "LatentDynamics", "Scenarios", "Workload",
      ],
      swiftSettings: settings),
    tests("Reporting", uses: ["Cluster", "Diagnostics", "Results", "TextReports", "Workload"]),
    tests(
      "TextReports",
      uses: ["LatencyProfiles", "LiveValidation", "Policies", "Results", "Workload"]),
    .testTarget(
      name: "CommandLineTests", dependencies: ["qosdiff"],
      exclude: [
        "BadInputs", "BadInputs.txt", "CSVFilesTests-summary.csv", "Fixtures", "GoldenHashes.txt",
        "page_test.py",
      ],
      swiftSettings: settings),
  ]
)

import DiffusionModels
import Foundation
import LatencyProfiles
import Testing

@testable import KernelBench

/// A Python that has PyTorch; Debian's has Debian's.
private enum PyTorch {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let python = ["python3", "/usr/bin/python3"].first { name in
    (try? run(name, ["-c", "import torch"]))?.status == 0
  }

  static func run(
    _ python: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> (status: Int32, out: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let out = Pipe()
    process.standardOutput = out
    process.standardError = out
    try process.run()
    let text = String(decoding: try out.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}

/// `Scenarios/Profiles/measure_accelerator.py` on the CPU, with three models small enough for a test.
@Suite(.serialized, .enabled(if: PyTorch.python != nil, "needs a Python that has PyTorch"))
struct AcceleratorScriptTests {
  /// A folder with a manifest of three models.
  private let folder: URL
  private let manifest: BenchManifest

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let models = ["tiny", "tiny-2", "tiny-3"].map { name in
      var model = BenchTests.tiny
      model.name = name
      return model
    }
    let plan = BenchPlan(models: models, sizes: nil, batches: [1, 2], isQuick: true, threads: 1)
    manifest = BenchManifest(plan)
    try manifest.json().write(to: folder.appending(path: "manifest.json"))
  }

  @Test func everyTestOfTheScriptPasses() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let python = try #require(PyTorch.python)
    let (status, out) = try PyTorch.run(
      python,
      [PyTorch.root.appending(path: "Tests/KernelBenchTests/accelerator_test.py").path],
      environment: ["MANIFEST": folder.appending(path: "manifest.json").path])
    #expect(status == 0, "\(out)")
    #expect(out.contains(#/Ran (2[5-9]|[3-9]\d) tests/#), "\(out)")
  }

  @Test func profileHasEveryStageAndTheSumOfItsKernels() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let python = try #require(PyTorch.python)
    let (status, out) = try PyTorch.run(
      python,
      [
        PyTorch.root.appending(path: "Scenarios/Profiles/measure_accelerator.py").path,
        "--device", "cpu", "--cut", "--minutes", "4", "--out", folder.path,
        folder.appending(path: "manifest.json").path,
      ])
    try #require(status == 0, "\(out)")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let name = try #require(files.first { $0.hasSuffix("-rehearsed-eager.json") })
    let profile = try LatencyProfile.load(path: folder.appending(path: name).path)
    func titles(_ entries: [(String, Stage, Bool?, Int)]) -> Set<String> {
      Set(entries.map { "\($0) \($1) \(String(describing: $2)) \($3)" })
    }
    #expect(
      titles(profile.entries.map { ($0.model, $0.stage, $0.guidance, $0.batch) })
        == titles(manifest.entries.map { ($0.model, $0.stage, $0.guidance, $0.batch) }))
    // A rehearsal is no measurement.
    #expect(profile.entries.allSatisfy { $0.provenance == .derived })
    // All three are one network, whose kernels part b has timed.
    for entry in profile.entries {
      let whole = try #require(entry.wholeSeconds)
      let gap = try #require(entry.wholeGap)
      let graphs = BenchTests.tiny.graphs(
        entry.stage, size: .init(height: 64, width: 64), guidance: entry.guidance ?? false,
        batch: entry.batch)
      let sum = try graphs.flatMap(\.nodes).reduce(0) { total, node in
        let row = try #require(profile.kernels.first { $0.kernel == node.kernel.description })
        return total + row.medianSeconds
      }
      #expect(whole == entry.medianSeconds)
      #expect(abs(sum / whole - 1 - gap) < 1e-9)
    }
  }
}

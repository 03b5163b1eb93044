import Foundation
import Testing

@testable import LatentDynamics

/// The recorder script's table, of a tiny pipeline with random weights.
@Suite struct RecorderTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  static let hasDiffusers = (try? run(["-c", "import diffusers, transformers, torch"])) == 0

  @discardableResult
  static func run(_ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test(.enabled(if: hasDiffusers, "needs diffusers and PyTorch"))
  func aRecordedTableIsRead() throws {
    let out = NSTemporaryDirectory() + "recorded-" + UUID().uuidString + ".table"
    defer { try? FileManager.default.removeItem(atPath: out) }
    #expect(
      try Self.run([
        "\(Self.root)/Tests/LatentDynamicsTests/tiny_pipeline.py",
        "\(Self.root)/Scenarios/Latents", out,
      ]) == 0)
    let table = try TrajectoryTable.load(path: out)
    #expect(table.header.source == .recorded && table.prompts == 2)
    // The same schedule and the same ways of finishing as the built-in table's.
    #expect(table.grid == TrajectoryGrid(steps: 20))
    for row in 0..<2 {
      #expect(table.complexity(row).isNaN)
      for steps in 1...20 {
        let bits = table.entropyBits(.latent, row: row, steps: steps)
        #expect(bits > 0 && bits <= 8)
      }
      // 20 steps are nearer to the converged sample than one; --fast leaves long finishes out.
      #expect(
        table.error(row: row, stop: 0, .cover(20)) < table.error(row: row, stop: 0, .cover(1)))
      #expect(table.error(row: row, stop: 10, .cover(8)).isNaN)
      #expect(table.error(row: row, stop: 10, .cover(5)) > 0)
      // What is not recorded is taken from the nearest that is.
      let path = DenoisingPath(scheduled: 20, done: 10)
      #expect(table.error(row: row, path, .cover(8)) == table.error(row: row, stop: 10, .cover(5)))
      #expect(table.solverError(row: row, steps: 20) > 0)
    }
    #expect(table.complexityQuartiles() == [[0, 1]])
  }
}

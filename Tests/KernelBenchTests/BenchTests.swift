import Foundation
import LatencyProfiles
import Testing

@testable import DiffusionModels
@testable import KernelBench

/// The whole road on a network small enough for a test. One at a time: each has all cores' threads.
@Suite(.serialized) struct BenchTests {
  static let tiny = DiffusionModel(
    name: "tiny", title: "Tiny", nativeSide: 64,
    textEncoders: [
      TextEncoder(name: "text", width: 32, layers: 1, heads: 2, activation: .quickGELU)
    ],
    unet: UNet(channels: [32, 64], depths: [1, 0], heads: [2, 2], contextWidth: 32),
    decoder: VAEDecoder(channels: [64, 32, 32, 32]))

  static func plan(batches: [Int] = [1], isQuick: Bool = true) -> BenchPlan {
    var plan = BenchPlan(
      models: [tiny], sizes: nil, batches: batches, isQuick: isQuick, threads: 2)
    plan.secondsPerKernel = 0.001
    return plan
  }

  let path = FileManager.default.temporaryDirectory
    .appending(path: "qosdiff-bench-\(UUID().uuidString).resume").path

  /// A bench that is cancelled after so many pieces of work.
  func bench(_ plan: BenchPlan, pieces: Int = .max) throws -> Bench {
    let begun = Counter()
    return try Bench(
      plan: plan, resumePath: path, progress: { _ in begun.value += 1 },
      isCancelled: { begun.value > pieces })
  }

  final class Counter { var value = 0 }

  @Test func stageIsTheSumOfCountTimesMedian() throws {
    let result = try bench(Self.plan()).run()
    let entries = result.entries
    #expect(entries.map(\.stage) == [.encode, .encode, .denoise, .denoise, .decode, .postProcess])
    let step = entries[2]
    let graph = Self.tiny.denoise(images: 1, height: 64, width: 64, guidance: false)
    var sum = 0.0
    for item in OperatorGraph.kernels(of: graph) {
      let samples = try #require(result.measurements[item.kernel]).samples
      sum += Double(item.count) * samples.median
    }
    #expect(abs(step.medianSeconds / sum - 1) < 1e-12)
    let whole = try #require(step.wholeSeconds)
    #expect(step.wholeGap == step.medianSeconds / whole - 1)
    #expect(!FileManager.default.fileExists(atPath: path), "a finished bench leaves no resume file")
  }

  @Test func profileOfABenchReadsBackWithItsKernels() throws {
    let result = try bench(Self.plan(batches: [1, 2])).run()
    let profile = try result.profile(name: "tiny", date: "2026-01-02")
    let read = try LatencyProfile(text: profile.text, file: "tiny.json")
    #expect(read == profile)
    #expect(read.provenance == .measured)
    #expect(read.roofline != nil)
    #expect(read.kernels.count == result.measurements.count)
    // Larger batches: 20 measured kernels at most, the rest marked as scaled.
    let large = try #require(
      read.entries.first { $0.batch == 2 && $0.stage == .denoise && $0.guidance == true })
    #expect(large.derivation?.contains("scaled from batch 1") == true)
    #expect(large.residualQuantiles == nil)
    // Encoding runs whole often enough to show its scatter.
    let encode = read.entries[0]
    #expect(encode.residualQuantiles?.count == 21)
  }

  @Test func coresAreTimedInTurn() throws {
    var plan = Self.plan()
    (plan.coreCounts, plan.secondsPerStage) = ([1, 2], 0.01)
    let profile = try bench(plan).run().profile(name: "tiny", date: "2026-01-02")
    #expect(
      profile.coreScaling.map { "\($0.stage.rawValue) \($0.cores)" } == [
        "encode 1", "encode 2", "decode 1", "decode 2", "post-process 1", "post-process 2",
      ])
    #expect(profile.coreScaling.allSatisfy { $0.repetitions >= plan.minimumRepetitions })
    #expect(profile.measuredSpeedups(of: .decode).map(\.cores) == [1, 2])
    #expect(try LatencyProfile(text: profile.text, file: "tiny.json") == profile)
  }

  @Test func scaledBatchesFollowFLOPsAndBytes() throws {
    let plan = Self.plan(batches: [1, 2])
    let entry = try #require(plan.entries.first { $0.batch == 2 && $0.stage == .decode })
    var base = entry
    base.batch = 1
    // Were every kernel to take one second, each run at batch 2 would take the ratio of its work.
    var measured: [Kernel: KernelMeasurement] = [:]
    for node in base.graphs.flatMap(\.nodes) {
      measured[node.kernel] = KernelMeasurement(
        kernel: node.kernel, implementation: "", samples: Samples([1]))
    }
    let scaled = BenchResult.scaled(entry, by: measured)
    let counts = OperatorGraph.kernels(of: entry.graphs)
    #expect(scaled.map(\.kernel) == counts.map(\.kernel))
    for (item, count) in zip(scaled, counts) where item.kernel.flops > 0 {
      #expect(item.seconds == 2 * Double(count.count))
    }
  }

  @Test func interruptedBenchGoesOnWhereItStopped() throws {
    #expect(throws: KernelBenchError.interrupted) {
      try bench(Self.plan(), pieces: 9).run()
    }
    let kept = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      .count { $0.contains("\"kernel\"") }
    // The peak rates and the stage executed whole are pieces too, but no kernels.
    #expect((1...7).contains(kept))
    // A line that a crash cut short is measured again; the others are not.
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data("{\"kernel\": {\"add\"".utf8))
    try file.close()
    let fresh = try bench(Self.plan())
    #expect(fresh.resumed == kept)
    _ = try fresh.run()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func stagesExecutedWholeAreKeptToo() throws {
    // Until the first stage is done and a kernel of the second.
    var pieces = 20
    var text = ""
    repeat {
      _ = try? bench(Self.plan(), pieces: pieces).run()
      text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      pieces += 10
    } while !text.contains("wholeStage") && pieces < 200
    #expect(text.contains("tiny encode 0x0 unguided batch 1"))
    let file = try ResumeFile(path: path, conditions: conditions(of: text))
    let kept = try #require(file.wholeStages["tiny encode 0x0 unguided batch 1"])
    #expect(kept.count >= BenchPlan.residualRepetitions)
    // The finished bench has the kept timings, not new ones.
    let result = try bench(Self.plan()).run()
    #expect(result.whole[0] == kept)
  }

  private func conditions(of text: String) throws -> [String] {
    struct Header: Decodable { var conditions: [String] }
    let line = try #require(text.split(separator: "\n").first)
    return try JSONDecoder().decode(Header.self, from: Data(line.utf8)).conditions
  }

  @Test func otherConditionsStartAfresh() throws {
    #expect(throws: KernelBenchError.interrupted) {
      try bench(Self.plan(), pieces: 3).run()
    }
    var other = Self.plan()
    other.threads = 1
    #expect(try bench(other).resumed == 0)
    try FileManager.default.removeItem(atPath: path)
  }
}

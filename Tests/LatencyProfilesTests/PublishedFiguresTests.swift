import EventEngine
import Foundation
import LatencyProfiles
import Testing

/// Every shipped profile returns its own source's figures at the published batches.
@Suite struct PublishedFiguresTests {
  static let stepProfiles = [
    "NVIDIA A100 eager": "a100-diffusers-eager", "NVIDIA A100 compiled": "a100-diffusers-compiled",
    "NVIDIA V100 eager": "v100-diffusers-eager", "NVIDIA T4 eager": "t4-diffusers-eager",
    "NVIDIA RTX 3090 eager": "rtx3090-diffusers-eager",
    "NVIDIA RTX 4090 eager": "rtx4090-diffusers-eager",
  ]
  static let imageProfiles = [
    "NVIDIA A100 80GB": "a100-diffserve", "NVIDIA H100 PCIe": "h100-lambda",
    "NVIDIA A10": "a10-stabilityai-sdxl", "NVIDIA A100": "a100-stabilityai-sdxl",
    "NVIDIA H100": "h100-stabilityai-sdxl",
  ]

  @Test func stepsArePublishedFigures() throws {
    let rows = try Support.rows("gpu_step_latency.csv")
    #expect(rows.count == 18)
    for row in rows {
      let key = try "\(row.text("device")) \(row.text("mode"))"
      let profile = try Support.shipped(#require(Self.stepProfiles[key], "no profile for \(key)"))
      #expect(try profile.source == row.text("source"))
      #expect(profile.provenance == .published)
      let latency = try #require(
        StageLatencyModel(profile: profile).latency(
          .denoise, model: row.text("model"), height: row.int("height"), width: row.int("width"),
          guidance: true, batch: row.int("batch")))
      let milliseconds = latency.median.seconds * 1e3
      #expect(try abs(milliseconds / row.double("step_ms") - 1) < 1e-6)
      #expect(try abs(milliseconds * row.double("iterations_per_s") / 1e3 - 1) < 0.02)
      #expect(!latency.isExtrapolated)
      #expect(latency.provenance == .published)
    }
  }

  @Test func stagesRecombineToEndToEndFigures() throws {
    var count = 0
    for row in try Support.rows("gpu_image_latency.csv") {
      let model = try row.text("model")
      if model.hasSuffix("vae decode") { continue }  // timed in another mode
      count += 1
      let profile = try Support.shipped(#require(Self.imageProfiles[row.text("device")]))
      #expect(try profile.source == row.text("source"))
      #expect(profile.provenance == .derived)
      let stages = StageLatencyModel(profile: profile)
      var total = 0.0
      for stage in [Stage.encode, .denoise, .decode] {
        let latency = try #require(
          stages.latency(
            stage, model: model, height: row.int("height"), width: row.int("width"),
            guidance: model != "sd-turbo", batch: row.int("batch")))
        #expect(!latency.isExtrapolated)
        #expect(latency.provenance == .derived)
        total += latency.median.seconds * (stage == .denoise ? try row.double("steps") : 1)
      }
      #expect(try abs(total * 1e3 / row.double("image_ms") - 1) < 1e-6)
    }
    #expect(count == 26)
  }

  /// The design's own figure: a batch of 4 on an A100 is 2.1 times cheaper an image.
  @Test func batchingPaysOnAnA100() throws {
    let model = StageLatencyModel(profile: try Support.shipped("a100-diffusers-eager"))
    let table = try #require(
      model.table(
        .denoise, model: "sd15", height: 512, width: 512, guidance: true, maximumBatch: 32))
    let gain = 4 * table.median(batch: 1).seconds / table.median(batch: 4).seconds
    #expect(abs(gain - 2.1) < 0.05)
    #expect(table.firstExtrapolatedBatch == 17)
  }

  @Test func stepsAndDecodingRunAtTheSameRate() throws {
    for name in Self.stepProfiles.values.sorted() {
      let model = StageLatencyModel(profile: try Support.shipped(name))
      for batch in [1, 4, 16] {
        func seconds(_ stage: Stage) throws -> Double {
          try #require(
            model.latency(
              stage, model: "sd15", height: 512, width: 512, guidance: true, batch: batch)
          ).median.seconds
        }
        // Published counts of one forward pass, GFLOP; guidance doubles network and prompts.
        let step = try seconds(.denoise)
        #expect(try abs(seconds(.decode) / step / (2514.519 / (2 * 803.273)) - 1) < 1e-5)
        #expect(try abs(seconds(.encode) / step / (13.299 / 803.273) - 1) < 1e-4)
      }
    }
  }

  @Test func theShippedCoreIsMeasuredAndHasEveryStage() throws {
    let profile = try Support.shipped("epyc-zen5-core")
    #expect(profile.provenance == .measured)
    #expect(profile.cores == 1)
    #expect(profile.harness?.hasPrefix("qosdiff bench ") == true)
    #expect(profile.date != nil && profile.roofline != nil)
    #expect(profile.entries.allSatisfy { $0.provenance == .measured })
    let model = StageLatencyModel(profile: profile)
    for (name, side, guidance) in [
      ("sd15", 512, true), ("sd-turbo", 512, false), ("sdxl", 1024, true),
    ] {
      for stage in Stage.allCases {
        let latency = try #require(
          model.latency(
            stage, model: name, height: side, width: side, guidance: guidance, batch: 1))
        #expect(!latency.isExtrapolated)
      }
    }
    // A step is never faster than its published FLOPs at the peak rate that was seen.
    let peak = try #require(profile.roofline).gflopPerS
    let step = try #require(
      profile.entries.first { $0.stage == .denoise && $0.model == "sd15" && $0.guidance == false })
    #expect(step.medianSeconds > 0.95 * 803.273 / peak)
    // Where the whole was executed, the sum of the kernels agrees.
    for entry in profile.entries {
      if let gap = entry.wholeGap { #expect(abs(gap) <= 0.05, "\(entry.model) \(entry.stage)") }
    }
  }

  @Test func everyShippedProfileIsNamedAfterItsFileAndSaysItsSource() throws {
    let names = try Support.shippedNames
    #expect(
      names.sorted()
        == (Array(Self.stepProfiles.values) + Self.imageProfiles.values + [
          "epyc-zen5-core", "cpu-socket-64", "live-accelerator", "live-core",
        ])
        .sorted())
    let guide = try String(
      contentsOf: Support.profiles.appending(path: "README.md"), encoding: .utf8)
    for name in names {
      let profile = try Support.shipped(name)
      #expect(profile.name == name)
      #expect(!profile.source.isEmpty)
      for entry in profile.entries where entry.provenance == .derived {
        #expect(entry.derivation?.isEmpty == false)
      }
      #expect(guide.contains("`\(name)`"), "\(name) is not in the table of README.md")
    }
  }

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: Support.facts.path),
      "the facts are not beside this checkout"),
    arguments: Support.copies)
  func copiesAreTheFacts(name: String) throws {
    #expect(
      try Data(contentsOf: Support.published.appending(path: name))
        == Data(contentsOf: Support.facts.appending(path: name)))
  }
}

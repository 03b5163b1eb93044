import Diagnostics
import DiffusionModels
import LatencyProfiles
import Testing

@Suite struct RooflineFitTests {
  /// One guided step of sd15 on a device, in so many seconds at these batches.
  private func profile(
    _ device: String, _ points: [(Int, Double)], mode: String = "fp16",
    provenance: Provenance = .published
  ) throws -> LatencyProfile {
    try LatencyProfile(
      name: device, device: device, source: "made up", mode: mode,
      entries: points.map { batch, seconds in
        .init(
          model: "sd15", stage: .denoise, height: 512, width: 512, guidance: true, batch: batch,
          medianSeconds: seconds, provenance: provenance)
      })
  }

  private func bound(_ device: String, batch: Int) throws -> Double {
    try #require(RooflineFit(profiles: [profile(device, [(batch, 1)])]).points.first).bound
  }

  @Test func theBoundIsThePublishedFLOPsAtThePeakRateAndALittleMore() throws {
    let row = try #require(
      try Support.rows("model_oracles.csv").first {
        $0["model"] == "sd15" && $0["component"] == "unet" && $0["latent_height"] == "64"
      })
    // Guided: two passes. 312 TFLOP/s; what moves data only comes on top.
    let least = 2 * (try row.double("forward_gflop")) / 312_000
    let bound = try bound("NVIDIA A100", batch: 1)
    #expect(bound > least && bound < 1.6 * least)
  }

  @Test func devicesOfOneEfficiencyAreFittedExactly() throws {
    let devices = ["NVIDIA A100", "NVIDIA T4", "NVIDIA V100"]
    let fit = try RooflineFit(
      profiles: try devices.map { device in
        try profile(
          device, [(1, bound(device, batch: 1) / 0.4), (4, bound(device, batch: 4) / 0.5)])
      })
    #expect(fit.batches == [1, 4])
    #expect(abs(try #require(fit.efficiency(batch: 1)) - 0.4) < 1e-12)
    #expect(abs(try #require(fit.efficiency(batch: 4)) - 0.5) < 1e-12)
    #expect(try #require(fit.errors(batch: 4)).worst < 1e-12)
    #expect(fit.efficiency(batch: 2) == nil)
    // What it derives for one of them is that one's own step.
    let derived = try fit.profile(
      name: "again", of: try #require(PeakRates.of("t4")), models: [.sd15], size: nil)
    let step = try #require(
      derived.entries.first { $0.stage == .denoise && $0.guidance == true && $0.batch == 4 })
    #expect(abs(step.medianSeconds / (try bound("NVIDIA T4", batch: 4) / 0.5) - 1) < 1e-12)
    #expect(derived.provenance == .derived)
    #expect(
      step.derivation?.contains("efficiency of 50 % fitted to steps of batch 4 on 3 devices")
        == true)
    #expect(derived.entries.count == 2 * 5)
  }

  /// Efficiencies 0.25 and 1: together 0.5; either from the other is off by a factor of 4.
  @Test func theErrorIsThatOfLeavingADeviceOut() throws {
    let fit = try RooflineFit(profiles: [
      profile("NVIDIA A100", [(1, bound("NVIDIA A100", batch: 1) / 0.25)]),
      profile("NVIDIA T4", [(1, bound("NVIDIA T4", batch: 1))]),
    ])
    #expect(abs(try #require(fit.efficiency(batch: 1)) - 0.5) < 1e-12)
    #expect(abs(try #require(fit.error(of: fit.points[0])) + 0.75) < 1e-12)
    #expect(abs(try #require(fit.error(of: fit.points[1])) - 3) < 1e-12)
    #expect(abs(try #require(fit.errors(batch: 1)).worst - 3) < 1e-12)
  }

  @Test func oneDeviceAloneHasNoKnownError() throws {
    let fit = try RooflineFit(profiles: [profile("NVIDIA T4", [(1, 1)])])
    #expect(fit.errors(batch: 1) == nil)
    let derived = try fit.profile(
      name: "l4", of: try #require(PeakRates.of("NVIDIA L4")), models: [.sd15], size: nil)
    #expect(derived.entries[0].derivation?.hasSuffix("its error is not known") == true)
  }

  @Test func modesAreNotMixedAndDerivedFiguresNotFitted() throws {
    let a = try profile("NVIDIA A100", [(1, 1)])
    let b = try profile("NVIDIA T4", [(1, 1)], mode: "compiled")
    #expect(throws: InputError.self) { try RooflineFit(profiles: [a, b]) }
    let derived = try profile("NVIDIA A100", [(1, 1)], provenance: .derived)
    #expect(throws: InputError.self) { try RooflineFit(profiles: [derived]) }
    let unknown = try profile("a toaster", [(1, 1)])
    #expect(throws: InputError.self) { try RooflineFit(profiles: [unknown]) }
  }
}

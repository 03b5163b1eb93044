import EventEngine
import LatencyProfiles
import Testing

/// Latencies of sizes that a profile lacks.
@Suite struct SizeScalingTests {
  /// One guided step of sd15 at 512x512, 2 s at batch 1 and 5 s at batch 4, on a device with this
  /// roofline; encode of any size; PNG at 512x512.
  private func model(_ roofline: LatencyProfile.Roofline?, sides: [Int] = [512]) throws
    -> StageLatencyModel
  {
    var entries: [LatencyProfile.Entry] = sides.flatMap { side in
      [(1, 2.0), (4, 5.0)].map { batch, seconds in
        var entry = LatencyProfile.Entry(
          model: "sd15", stage: .denoise, height: side, width: side, guidance: true, batch: batch,
          medianSeconds: seconds, provenance: .measured)
        entry.residualQuantiles = [0.9, 1, 1.2]
        return entry
      }
    }
    entries.append(
      .init(
        model: "*", stage: .postProcess, height: 512, width: 512, guidance: nil, batch: 1,
        medianSeconds: 0.1, provenance: .measured))
    return StageLatencyModel(
      profile: try LatencyProfile(
        name: "test", device: "none", source: "made up", mode: "f32", roofline: roofline,
        entries: entries))
  }

  private func step(_ model: StageLatencyModel, _ side: Int, batch: Int = 1) throws -> Double {
    try #require(
      model.latency(
        .denoise, model: "sd15", height: side, width: side, guidance: true, batch: batch)
    ).median.seconds
  }

  /// Forward GFLOP of sd15's UNet from the published table.
  private func published(latent: String) throws -> Double {
    let row = try #require(
      try Support.rows("model_oracles.csv").first {
        $0["model"] == "sd15" && $0["component"] == "unet" && $0["latent_height"] == latent
      })
    return try row.double("forward_gflop")
  }

  @Test func whereMemoryIsFreeTimeFollowsPublishedFLOPs() throws {
    let model = try model(.init(gflopPerS: 100, gbytePerS: 1e9))
    let ratio = try published(latent: "96") / published(latent: "64")
    #expect(abs(try step(model, 768) / 2 / ratio - 1) < 1e-3)
    #expect(abs(try step(model, 768, batch: 4) / 5 / ratio - 1) < 1e-3)
    let small = try published(latent: "32") / published(latent: "64")
    #expect(abs(try step(model, 256) / 2 / small - 1) < 1e-3)
  }

  /// Weights are read at any size, so bytes grow by less than pixels; attention by more.
  @Test func aRooflineWeighsFLOPsAndBytes() throws {
    let flops = try published(latent: "96") / published(latent: "64")
    let byBytes = try step(model(.init(gflopPerS: 1e9, gbytePerS: 10)), 768) / 2
    #expect(byBytes > 1 && byBytes < 2.25)
    let usual = try step(model(nil), 768) / 2
    #expect(usual > byBytes && usual < flops)
  }

  @Test func pixelsScalePostProcessing() throws {
    let latency = try #require(
      try model(nil).latency(
        .postProcess, model: "sd15", height: 1024, width: 512, guidance: true, batch: 1))
    #expect(abs(latency.median.seconds - 0.2) < 1e-9)
    #expect(latency.isExtrapolated)
  }

  @Test func theNearestSizeIsScaled() throws {
    let model = try model(nil, sides: [512, 1024])
    func table(_ side: Int) -> StageLatencyTable? {
      model.table(
        .denoise, model: "sd15", height: side, width: side, guidance: true, maximumBatch: 8)
    }
    #expect(table(640)?.scaledFrom?.description == "512x512")
    #expect(table(896)?.scaledFrom?.description == "1024x1024")
    let measured = try #require(table(1024))
    #expect(measured.scaledFrom == nil)
    #expect(measured.provenance == .measured)
    #expect(measured.firstExtrapolatedBatch == 5)
  }

  @Test func aScaledTableSaysThatItIs() throws {
    let table = try #require(
      try model(nil).table(
        .denoise, model: "sd15", height: 768, width: 512, guidance: true, maximumBatch: 4))
    #expect(table.provenance == .derived)
    #expect(table.firstExtrapolatedBatch == 1)
    #expect(table.isExtrapolated(batch: 1))
    // How latencies scatter is relative, and stays.
    #expect(table.residuals[0]?.factor(atUniform: 1) == 1.2)
  }

  @Test func whatCannotBeScaledIsMissing() throws {
    let model = try model(nil)
    func latency(_ name: String, _ side: Int, guidance: Bool) -> StageLatency? {
      model.latency(
        .denoise, model: name, height: side, width: side, guidance: guidance, batch: 1)
    }
    #expect(latency("sd15", 700, guidance: true) == nil, "no multiple of 64")
    #expect(latency("sd15", 768, guidance: false) == nil, "guided alone was measured")
    #expect(latency("sdxl", 768, guidance: true) == nil)
  }
}

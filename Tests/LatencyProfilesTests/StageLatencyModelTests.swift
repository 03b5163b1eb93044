import EventEngine
import LatencyProfiles
import Testing

@Suite struct InterpolationTests {
  private func table(_ points: [(Int, Double)], upTo maximum: Int) throws -> StageLatencyTable {
    try #require(
      StageLatencyModel(profile: Support.profile(points)).table(
        .denoise, model: "net", height: 64, width: 64, guidance: false, maximumBatch: maximum))
  }

  private func seconds(_ table: StageLatencyTable) -> [Double] {
    (1...table.maximumBatch).map { table.median(batch: $0).seconds }
  }

  @Test func onePointScalesWithTheBatch() throws {
    let table = try table([(2, 0.5)], upTo: 4)
    #expect(seconds(table) == [0.25, 0.5, 0.75, 1])
    #expect((1...4).map(table.isExtrapolated) == [true, false, true, true])
    #expect(table.firstExtrapolatedBatch == 1)
  }

  @Test func twoPointsAreJoinedByALine() throws {
    let table = try table([(5, 1.8), (1, 1)], upTo: 7)
    #expect(seconds(table) == [1, 1.2, 1.4, 1.6, 1.8, 2, 2.2])
    #expect(table.firstExtrapolatedBatch == 6)
    #expect(table.measured == 1...5)
  }

  /// Steffen (Astron. Astrophys. 239, 1990) with GSL's ends (end slope = the end interval's): at 2
  /// the slope is 2 min(1, 1/2, 5/12) = 5/6, at 4 it is 1/2, so half way, by Hermite,
  /// 5/2 + (2/8)(5/6 - 1/2) = 31/12.
  @Test func threePointsFollowSteffen() throws {
    let table = try table([(1, 1), (2, 2), (4, 3)], upTo: 6)
    #expect(
      table.medians == [
        1_000_000_000, 2_000_000_000, 2_583_333_333, 3_000_000_000, 3_500_000_000, 4_000_000_000,
      ])
    #expect(table.firstExtrapolatedBatch == 5)
  }

  @Test func manyPointsAreHitAndNeverOvershot() throws {
    let points = [(1, 0.1), (2, 0.11), (4, 0.5), (8, 0.51), (16, 4), (32, 4)]
    let table = try table(points, upTo: 40)
    for (batch, value) in points { #expect(table.median(batch: batch).seconds == value) }
    for (a, b) in zip(table.medians, table.medians.dropFirst()) { #expect(a <= b) }
    // Flat at the end: it goes on flat, and says that it is extrapolated.
    #expect(table.median(batch: 40).seconds == 4)
    #expect(table.isExtrapolated(batch: 33))
  }

  @Test func belowTheFirstItScalesInProportion() throws {
    let table = try table([(4, 1), (8, 1.5), (16, 3)], upTo: 4)
    #expect(seconds(table) == [0.25, 0.5, 0.75, 1])
    #expect(table.firstExtrapolatedBatch == 1)
    #expect(!table.isExtrapolated(batch: 4))
  }

  @Test func aFallingLastSlopeGoesOnFlat() throws {
    let table = try table([(1, 2), (2, 1)], upTo: 100)
    #expect(table.median(batch: 100).seconds == 1)
  }

  @Test func singleLatenciesAgreeWithTheTable() throws {
    for points in [[(3, 0.3)], [(2, 1), (9, 2)], [(2, 1), (4, 1.5), (9, 2), (11, 7)]] {
      let model = StageLatencyModel(profile: try Support.profile(points))
      let table = try table(points, upTo: 20)
      for batch in 1...20 {
        let one = try #require(
          model.latency(
            .denoise, model: "net", height: 64, width: 64, guidance: false, batch: batch))
        #expect(one.median == table.median(batch: batch))
        #expect(one.isExtrapolated == table.isExtrapolated(batch: batch))
      }
    }
  }

  @Test func noBatchHasNoLatency() throws {
    let model = StageLatencyModel(profile: try Support.profile([(1, 1)]))
    #expect(
      model.latency(.denoise, model: "net", height: 64, width: 64, guidance: false, batch: 0)
        == nil)
    #expect(
      model.table(.denoise, model: "net", height: 64, width: 64, guidance: false, maximumBatch: 0)
        == nil)
  }

  @Test func theWeakestFigureNamesTheCurve() throws {
    var entries = try Support.profile([(1, 1), (2, 2)]).entries
    entries[1].provenance = .derived
    let profile = try LatencyProfile(
      name: "mixed", device: "d", source: "s", mode: "m", entries: entries)
    #expect(profile.provenance == .derived)
    let model = StageLatencyModel(profile: profile)
    let latency = model.latency(
      .denoise, model: "net", height: 64, width: 64, guidance: false, batch: 1)
    #expect(latency?.provenance == .derived)
  }
}

@Suite struct ProfileContentsTests {
  @Test func listsWhatAProfileHas() throws {
    let model = StageLatencyModel(profile: try Support.shipped("a100-diffserve"))
    #expect(model.models == ["sd-turbo", "sd15", "sdxl"])
    #expect(model.sizes(of: "sdxl") == [.init(height: 1024, width: 1024)])
    #expect(model.guidanceModes(of: "sd-turbo", height: 512, width: 512) == [false])
    #expect(model.guidanceModes(of: "sd15", height: 512, width: 512) == [true])
    let cpu = StageLatencyModel(profile: try Support.shipped("epyc-zen5-core"))
    #expect(cpu.models == ["sd-turbo", "sd15", "sdxl"])
    #expect(cpu.sizes(of: "sd15").map(\.description) == ["512x512"])
  }

  @Test func saysWhatIsMissing() throws {
    let model = StageLatencyModel(profile: try Support.shipped("a100-diffserve"))
    func missing(_ stage: Stage, _ name: String, _ side: Int, _ guidance: Bool) -> String? {
      model.missing(stage: stage, model: name, height: side, width: side, guidance: guidance)
    }
    #expect(missing(.denoise, "sd15", 512, true) == nil)
    #expect(missing(.encode, "sd15", 4096, true) == nil)
    #expect(missing(.decode, "sd15", 512, false) == nil)
    #expect(
      missing(.denoise, "sd16", 512, true)
        == "profile 'a100-diffserve' lacks model 'sd16' for denoise (did you mean 'sd15'?); "
        + "it has sd-turbo, sd15, sdxl")
    #expect(
      missing(.denoise, "sd15", 700, true)
        == "profile 'a100-diffserve' lacks denoise of 'sd15' at 700x700; "
        + "height and width of a sd15 image are multiples of 64, at most 8192")
    #expect(
      missing(.denoise, "sd-turbo", 512, true)
        == "profile 'a100-diffserve' lacks denoise of 'sd-turbo' with guidance; it has it without")
    #expect(
      missing(.postProcess, "sd15", 512, true)
        == "profile 'a100-diffserve' lacks the stage post-process")
    let toy = StageLatencyModel(profile: try Support.profile([(1, 1)]))
    #expect(
      toy.missing(stage: .denoise, model: "net", height: 8, width: 8, guidance: false)
        == "profile 'test' lacks denoise of 'net' at 8x8; it has 64x64",
      "the work of a network that is unknown cannot be scaled")
  }

  @Test func stagesHaveTheOrderOfAQuery() {
    #expect(Stage.allCases.map(\.index) == [0, 1, 2, 3])
    #expect(Stage.allCases.map(\.rawValue) == ["encode", "denoise", "decode", "post-process"])
  }
}

@Suite struct ResidualDistributionTests {
  @Test func factorsLieOnTheQuantiles() throws {
    let residuals = try #require(ResidualDistribution(quantiles: [0.8, 1, 1.6], lag1: 0.2))
    #expect(residuals.factor(atUniform: 0) == 0.8)
    #expect(residuals.factor(atUniform: 0.5) == 1)
    #expect(residuals.factor(atUniform: 1) == 1.6)
    #expect(abs(residuals.factor(atUniform: 0.25) - 0.9) < 1e-15)
    #expect(abs(residuals.factor(atUniform: 0.75) - 1.3) < 1e-15)
    #expect(residuals.factor(atUniform: -1) == 0.8)
    #expect(residuals.factor(atUniform: 2) == 1.6)
    #expect(residuals.factor(atUniform: .nan) == 0.8)
  }

  @Test(arguments: [[], [1], [1, 0.9], [0, 1], [-1, 1], [1, .nan], [1, .infinity]])
  func refusesWhatIsNoDistribution(quantiles: [Double]) {
    #expect(ResidualDistribution(quantiles: quantiles) == nil)
  }

  @Test(arguments: [-1, 1, Double.nan]) func refusesAnImpossibleAutocorrelation(lag1: Double) {
    #expect(ResidualDistribution(quantiles: [1, 1], lag1: lag1) == nil)
  }

  @Test func theTableCarriesThoseOfTheNextSmallerBatchThatHasThem() throws {
    var entries = try Support.profile([(1, 1), (2, 2), (4, 3)]).entries
    entries[2].residualQuantiles = [0.5, 1.5]
    entries[1].residualQuantiles = [0.9, 1, 1.2]
    entries[1].lag1Autocorrelation = 0.25
    let profile = try LatencyProfile(
      name: "r", device: "d", source: "s", mode: "m", entries: entries)
    let table = try #require(
      StageLatencyModel(profile: profile).table(
        .denoise, model: "net", height: 64, width: 64, guidance: false, maximumBatch: 5))
    let (small, large) = (
      ResidualDistribution(quantiles: [0.9, 1, 1.2], lag1: 0.25),
      ResidualDistribution(quantiles: [0.5, 1.5])
    )
    #expect(small != nil && large != nil)
    #expect(table.residuals == [small, small, small, large, large])
    #expect(
      try Support.profile([(1, 1)]).entries[0].residuals == nil,
      "without residuals nothing scatters")
  }
}

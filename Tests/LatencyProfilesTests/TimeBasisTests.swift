import LatencyProfiles
import Testing

/// What a time rests on.
@Suite struct TimeBasisTests {
  private func table(
    _ points: [(Int, Provenance)], upTo batch: Int, harness: String? = "qosdiff bench"
  ) throws -> StageLatencyTable {
    let profile = try LatencyProfile(
      name: "test", device: "none", source: "made up", mode: "test", harness: harness,
      entries: points.map { batch, provenance in
        .init(
          model: "net", stage: .denoise, height: 64, width: 64, guidance: false, batch: batch,
          medianSeconds: Double(batch), provenance: provenance)
      })
    return try #require(
      StageLatencyModel(profile: profile).table(
        .denoise, model: "net", height: 64, width: 64, guidance: false, maximumBatch: batch))
  }

  @Test(arguments: [
    ([(1, Provenance.measured), (2, .measured)], [TimeBasis.measured, .measured, .derived]),
    // Between two figures and beyond them.
    ([(1, .published), (3, .published)], [.published, .published, .published, .derived]),
    // The weakest of a curve; below the first figure; one figure alone.
    ([(1, .measured), (3, .published)], [.published, .published, .published]),
    ([(1, .derived), (2, .measured)], [.derived, .derived]),
    ([(2, .measured), (3, .measured)], [.derived, .measured, .measured]),
    ([(1, .published)], [.published, .derived]),
  ])
  func aBatchRestsOnItsCurve(points: [(Int, Provenance)], bases: [TimeBasis]) throws {
    let table = try table(points, upTo: bases.count)
    #expect((1...bases.count).map { table.basis(batch: $0) } == bases)
  }

  /// Somebody else's measurement is a figure of a source: 'measured by the harness' would be wrong.
  @Test func onlyAHarnessMeasures() throws {
    let table = try table([(1, .measured), (2, .measured)], upTo: 3, harness: nil)
    #expect((1...3).map { table.basis(batch: $0) } == [.published, .published, .derived])
  }

  @Test func aScaledSizeIsDerived() throws {
    let model = StageLatencyModel(profile: try Support.shipped("epyc-zen5-core"))
    let table = try #require(
      model.table(
        .denoise, model: "sd15", height: 576, width: 576, guidance: true, maximumBatch: 1))
    #expect(table.scaledFrom != nil && table.basis(batch: 1) == .derived)
  }

  @Test func theWeakerIsTheLater() {
    #expect(TimeBasis.allCases.map(\.index) == [0, 1, 2, 3])
    #expect(TimeBasis.weaker(.measured, .published) == .published)
    #expect(TimeBasis.weaker(.assumed, .derived) == .assumed)
    #expect(
      Provenance.allCases.map { TimeBasis($0, ofHarness: true).rawValue }
        == Provenance.allCases.map(\.rawValue))
  }
}

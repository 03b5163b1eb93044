import LatentDynamics
import Testing

@Suite struct CascadeQualityTests {
  @Test func publishedPointsAndBetween() throws {
    let quality = try #require(CascadeQuality(light: "sd-turbo", steps: 1, heavy: "sd15"))
    let known = [(0.0, 18.55), (0.4, 16.79), (1, 22.77), (0.05, 18.2), (0.95, 21.47)]
    for (share, score) in known { #expect(abs(quality.score(lightShare: share) - score) < 1e-9) }
    #expect(CascadeQuality(light: "sd-turbo", steps: 4, heavy: "sd15") == nil)
    #expect(CascadeQuality(light: "sd15", steps: 1, heavy: "sd-turbo") == nil)
  }
}

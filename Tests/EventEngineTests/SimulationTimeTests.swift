import EventEngine
import Testing

@Suite struct SimulationTimeTests {
  /// Seconds whose nanoseconds are exact halves in binary floating point.
  @Test(arguments: [
    (0.5e-9, Int64(1)), (1.5e-9, 2), (2.5e-9, 3), (-0.5e-9, -1), (-1.5e-9, -2), (0.4999e-9, 0),
    (1, 1_000_000_000), (0.1, 100_000_000), (-0.1, -100_000_000), (0, 0),
  ])
  func roundsHalvesAwayFromZero(_ seconds: Double, _ nanoseconds: Int64) {
    #expect(SimulationDuration(seconds: seconds).nanoseconds == nanoseconds)
    #expect(SimulationTime(seconds: seconds).nanoseconds == nanoseconds)
  }

  @Test func saturates() {
    let longest = SimulationDuration.longest
    #expect(SimulationDuration(seconds: .infinity) == longest)
    #expect(SimulationDuration(seconds: 1e300) == longest)
    #expect(SimulationDuration(seconds: -.infinity).nanoseconds == -longest.nanoseconds)
    #expect((longest + longest).nanoseconds == 1 << 62, "two of them still fit")
    #expect(SimulationTime(seconds: .infinity) < .distantFuture)
  }

  @Test func arithmetic() {
    let a = SimulationTime(nanoseconds: 7)
    let d = SimulationDuration(nanoseconds: 3)
    #expect((a + d).nanoseconds == 10 && (a - d).nanoseconds == 4)
    #expect((a - SimulationTime(nanoseconds: 9)).nanoseconds == -2)
    #expect((d * 4).nanoseconds == 12 && (d - d) == .zero)
    #expect(d.seconds == 3e-9 && SimulationTime(seconds: 1.25).seconds == 1.25)
  }
}

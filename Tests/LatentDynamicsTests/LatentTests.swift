import Foundation
import Testing

@testable import LatentDynamics

@Suite struct LatentTests {
  /// Published endpoints: alphas_cumprod[0] = 1 - 0.00085, alphas_cumprod[999] = 0.0047.
  @Test func theScheduleIsStableDiffusions() {
    let schedule = NoiseSchedule()
    #expect(schedule.levels.count == 1000)
    let first = schedule.levels[0].signal
    #expect(abs(first * first - 0.99915) < 1e-12)
    let last = schedule.levels[999].signal
    #expect(abs(last * last - 0.00466) < 1e-5)
    #expect(schedule.leadingTimes(steps: 50) == Array(stride(from: 981, through: 1, by: -20)))
    #expect(schedule.times(from: 999, evaluations: 3) == [999, 666, 333])
    #expect(schedule.path([1]).last == .clean)
  }

  @Test func logSNRAndLevelAgree() {
    for lambda in [-3.0, 0, 1.5] {
      let level = NoiseLevel(logSNR: lambda)
      #expect(abs(level.logSNR - lambda) < 1e-12)
      #expect(abs(level.signal * level.signal + level.noise * level.noise - 1) < 1e-12)
    }
  }

  @Test func theCosineTransformIsOrthonormal() {
    let shape = LatentShape(channels: 2, height: 8, width: 16)
    let transform = CosineTransform(shape)
    let values = Prompt(seed: 9).noise(shape)
    let coefficients = transform.coefficients(of: values)
    let energy = values.reduce(0) { $0 + $1 * $1 }
    #expect(abs(coefficients.reduce(0) { $0 + $1 * $1 } - energy) < 1e-9 * energy)
    for (a, b) in zip(transform.pixels(of: coefficients), values) { #expect(abs(a - b) < 1e-12) }
    // A constant plane is its first coefficient, value x sqrt(8 x 16), and nothing else.
    let flat = transform.coefficients(of: Array(repeating: 1, count: shape.count))
    #expect(abs(flat[0] - 128.squareRoot()) < 1e-12)
    #expect(flat[1..<128].allSatisfy { abs($0) < 1e-12 })
  }

  @Test func entropyOfKnownHistograms() {
    let histogram = ValueHistogram(bins: 4, range: 0...4)
    #expect(histogram.entropyBits([0.5, 1.5, 2.5, 3.5]) == 2)
    #expect(histogram.entropyBits([0.5, 0.6, 0.7]) == 0)
    #expect(abs(histogram.entropyBits([0, 0, 0, 4, 9]) - 0.8112781244591328) < 1e-12)
    #expect(histogram.entropyBits([]) == 0)
  }

  @Test func promptsAreDrawnBySeed() {
    let prompts = (0..<400).map { Prompt(seed: $0) }
    #expect(prompts[7] == Prompt(seed: 7))
    #expect(Set(prompts.map(\.modes)) == Set(1...8))
    let mean = prompts.map(\.complexity).reduce(0, +) / 400
    // Uniform: mean 1/2, standard error 1 / sqrt(12 x 400) = 0.0144.
    #expect(abs(mean - 0.5) < 4 * 0.0144)
  }
}

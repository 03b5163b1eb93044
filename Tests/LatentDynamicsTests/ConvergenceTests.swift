import EventEngine
import Foundation
import Testing

@testable import LatentDynamics

/// One Gaussian mode, whose probability flow is known: x(t) - a mu grows as sqrt(a^2 S + s^2).
private struct OneMode {
  let prior: LatentPrior
  let noise: [Double]

  init() {
    let shape = LatentShape(height: 16, width: 16)
    let prompt = Prompt(seed: 11, complexity: 0.4, modes: 1)
    prior = LatentPrior(prompt, shape: shape)
    noise = prompt.noise(shape)
  }

  func spread(_ i: Int, _ level: NoiseLevel) -> Double {
    let variance = prior.variance[i % prior.shape.plane]
    return (level.signal * level.signal * variance + level.noise * level.noise).squareRoot()
  }

  /// The relative distance of a sampler's end from the exact solution, after `steps` steps.
  func error(_ sampler: Sampler, steps: Int) -> Double {
    var denoiser = Denoiser(prior)
    let mode = prior.modes[0]
    let path = NoiseSchedule.uniformLogSNR(from: -2.5, to: 3, steps: steps)
    let start = noise.indices.map {
      path[0].signal * mode[$0] + spread($0, path[0]) * noise[$0]
    }
    let end = SamplingRun.sample(sampler, from: start, along: path, &denoiser)
    let exact = noise.indices.map {
      path[steps].signal * mode[$0] + spread($0, path[steps]) * noise[$0]
    }
    return distance(end, exact)
  }
}

private func distance(_ a: [Double], _ b: [Double]) -> Double {
  let square = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  return (square / b.reduce(0) { $0 + $1 * $1 }).squareRoot()
}

@Suite struct ConvergenceTests {
  @Test(arguments: [(Sampler.ddim, 1.0), (.euler, 1.0), (.dpmSolverPP2M, 2.0)])
  func aSamplerConvergesAtItsOrder(sampler: Sampler, order: Double) {
    let mode = OneMode()
    let errors = [40, 80, 160, 320].map { mode.error(sampler, steps: $0) }
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      #expect(abs(log2(coarse / fine) - order) < 0.15, "\(sampler): \(errors)")
    }
  }

  @Test func eulerIsDDIMOnTheSamePath() {
    let mode = OneMode()
    let path = NoiseSchedule.uniformLogSNR(from: -2.5, to: 3, steps: 20)
    var denoiser = Denoiser(mode.prior)
    let ddim = SamplingRun.sample(.ddim, from: mode.noise, along: path, &denoiser)
    let euler = SamplingRun.sample(.euler, from: mode.noise, along: path, &denoiser)
    #expect(distance(euler, ddim) < 1e-12)
    #expect(denoiser.evaluations == 40)
  }

  /// Tweedie: the score is (a x0 - x) / s^2.
  @Test func theScoreIsTheSlopeOfTheLogDensity() {
    let shape = LatentShape(channels: 1, height: 8, width: 8)
    let prompt = Prompt(seed: 5, complexity: 0.7, modes: 4)
    var denoiser = Denoiser(LatentPrior(prompt, shape: shape))
    let level = NoiseLevel(logSNR: -1)
    let x = prompt.noise(shape)
    var clean = x
    denoiser.predict(x, at: level, into: &clean)
    for i in stride(from: 0, to: shape.count, by: 7) {
      var (above, below) = (x, x)
      above[i] += 1e-4
      below[i] -= 1e-4
      let upper = denoiser.logDensity(above, at: level)
      let lower = denoiser.logDensity(below, at: level)
      let score = (level.signal * clean[i] - x[i]) / (level.noise * level.noise)
      #expect(abs((upper - lower) / 2e-4 - score) < 1e-5 * max(abs(score), 1))
    }
  }

  /// A run of all 1000 times maps the exact marginal at the first onto the prior. The map is linear
  /// for one mode, so two starts tell all: the mode itself, and a deviation of one in each coefficient.
  @Test func aThousandStepsReproduceThePriorOnlyFromTheExactMarginal() {
    let shape = LatentShape(channels: 1, height: 16, width: 16)
    let prior = LatentPrior(Prompt(seed: 3, complexity: 0.5, modes: 1), shape: shape)
    let schedule = NoiseSchedule()
    let path = schedule.path(Array((0..<1000).reversed()))
    let top = path[0]
    let mode = prior.modes[0]
    var denoiser = Denoiser(prior)
    let mean = SamplingRun.sample(.ddim, from: mode.map { top.signal * $0 }, along: path, &denoiser)
    #expect(distance(mean, mode) < 1e-9)
    let spread = prior.variance.map {
      (top.signal * top.signal * $0 + top.noise * top.noise).squareRoot()
    }
    let deviated = SamplingRun.sample(
      .ddim, from: mode.indices.map { top.signal * mode[$0] + spread[$0] }, along: path, &denoiser)
    for i in mode.indices {
      let deviation = deviated[i] - mean[i]
      #expect(abs(deviation / prior.variance[i].squareRoot() - 1) < 0.05, "coefficient \(i)")
    }
    #expect(abs(top.signal - 0.068) < 0.0005)
    // From N(0, I) the mean is short by a_T mu sqrt(S / V).
    let zero = SamplingRun.sample(
      .ddim, from: mode.map { _ in 0 }, along: path, &denoiser)
    let expected = mode.indices.map {
      mode[$0] - top.signal * mode[$0] * prior.variance[$0].squareRoot() / spread[$0]
    }
    #expect(distance(zero, expected) < 0.01)
    #expect(distance(zero, mode) > 0.02)
  }
}

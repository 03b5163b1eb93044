/// Samples one prompt in every way that a grid names, and writes its row.
struct TrajectoryMeasurement {
  let grid: TrajectoryGrid
  let shape: LatentShape
  private let schedule = NoiseSchedule()
  private let transform: CosineTransform
  private let histogram: ValueHistogram

  /// Steps of the second-order run that stands for the converged sample.
  static let convergedSteps = 200

  /// The converged sample's path: at equal distances in log signal-to-noise ratio, from the schedule's
  /// start to noise of a four-hundredth, a tenth of what the schedule itself ends with, then clean.
  static func convergedPath(steps: Int) -> [NoiseLevel] {
    let start = NoiseSchedule().levels[NoiseSchedule.times - 1].logSNR
    return NoiseSchedule.uniformLogSNR(from: start, to: 6, steps: steps - 1) + [.clean]
  }

  init(_ grid: TrajectoryGrid, shape: LatentShape, histogram: ValueHistogram) {
    self.grid = grid
    self.shape = shape
    self.histogram = histogram
    transform = CosineTransform(shape)
  }

  /// The prompt's row; see ``TrajectoryGrid``.
  func row(_ prompt: Prompt) -> [Float] {
    var row = [Float](repeating: .nan, count: grid.valuesPerPrompt)
    var denoiser = Denoiser(LatentPrior(prompt, shape: shape))
    let noise = prompt.noise(shape)
    row[0] = Float(prompt.complexity)
    row[1] = Float(prompt.modes)
    let converged = SamplingRun.sample(
      .dpmSolverPP2M, from: noise, along: Self.convergedPath(steps: Self.convergedSteps), &denoiser)
    func error(_ latent: [Double]) -> Float { Self.relativeError(latent, from: converged) }

    let levels = schedule.path(grid.times)
    var run = SamplingRun(.ddim, from: noise, at: levels[0])
    var stop = 0
    for k in 0...grid.steps {
      if k > 0 {
        let before = (latent: run.latent, level: run.level)
        run.step(to: levels[k], &denoiser)
        row[grid.latentOffset + k - 1] = entropy(run.latent)
        row[grid.predictedOffset + k - 1] = entropy(run.predicted)
        if stop < grid.stops.count, grid.stops[stop] == k {
          let reserved = reserve(before.latent, before.level, run.predicted, &denoiser)
          row[grid.stopOffset(stop) + 1] = error(reserved)
        }
      }
      guard stop < grid.stops.count, grid.stops[stop] == k else { continue }
      row[grid.stopOffset(stop)] = error(run.latent)
      for (index, m) in grid.remaining.enumerated() where grid.covers(stop: k, remaining: m) {
        let finished =
          k == 0
          ? sample(.ddim, noise, steps: m, &denoiser)
          : SamplingRun.sample(
            .ddim, from: run.latent,
            along: schedule.path(schedule.times(from: grid.times[k], evaluations: m)), &denoiser)
        row[grid.stopOffset(stop) + 2 + index] = error(finished)
      }
      stop += 1
    }
    row[grid.wholeOffset] = error(run.latent)
    for (index, steps) in grid.solverSteps.enumerated() {
      row[grid.solverOffset + index] = error(
        sample(.dpmSolverPP2M, noise, steps: steps, &denoiser))
    }
    return row
  }

  /// A full schedule, uniform in time from the highest one.
  private func sample(
    _ sampler: Sampler, _ noise: [Double], steps: Int, _ denoiser: inout Denoiser
  ) -> [Double] {
    let times = schedule.times(from: NoiseSchedule.times - 1, evaluations: steps)
    return SamplingRun.sample(sampler, from: noise, along: schedule.path(times), &denoiser)
  }

  /// The reserved last step: the last prediction leads straight to the schedule's last time, where one
  /// more evaluation ends it. Assumed: the paper does not say where its last step starts.
  private func reserve(
    _ latent: [Double], _ level: NoiseLevel, _ predicted: [Double], _ denoiser: inout Denoiser
  ) -> [Double] {
    let last = schedule.levels[grid.times[grid.steps - 1]]
    let c = last.noise / level.noise
    let gain = last.signal - c * level.signal
    let moved = zip(latent, predicted).map { c * $0 + gain * $1 }
    return SamplingRun.sample(.ddim, from: moved, along: [last, .clean], &denoiser)
  }

  private func entropy(_ coefficients: [Double]) -> Float {
    Float(histogram.entropyBits(transform.pixels(of: coefficients)))
  }

  /// |x - y| / |y|: the same in both domains, since the transform is orthonormal.
  static func relativeError(_ latent: [Double], from converged: [Double]) -> Float {
    var difference = 0.0
    var norm = 0.0
    for i in latent.indices {
      let d = latent[i] - converged[i]
      difference += d * d
      norm += converged[i] * converged[i]
    }
    return Float((difference / norm).squareRoot())
  }
}

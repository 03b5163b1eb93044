/// One prompt's latent, denoised for real: what a ``TrajectoryTable`` says beforehand, as it happens.
public struct LatentRun: Sendable {
  private let grid: TrajectoryGrid
  private let schedule: NoiseSchedule
  private let transform: CosineTransform
  private let histogram: ValueHistogram
  private var denoiser: Denoiser
  private(set) var run: SamplingRun

  /// The latent before its first step.
  ///
  /// - Parameters:
  ///   - grid: of the table whose schedule it follows; schedules of other lengths are spread evenly over the times.
  public init(
    _ prompt: Prompt, grid: TrajectoryGrid = TrajectoryGrid(), shape: LatentShape,
    histogram: ValueHistogram = ValueHistogram()
  ) {
    self.grid = grid
    self.histogram = histogram
    schedule = NoiseSchedule()
    transform = CosineTransform(shape)
    denoiser = Denoiser(LatentPrior(prompt, shape: shape))
    run = SamplingRun(
      .ddim, from: prompt.noise(shape), at: schedule.levels[NoiseSchedule.times - 1])
  }

  /// One evaluation, from where a path stands to its next step.
  ///
  /// - Parameters:
  ///   - path: before the step, and not complete.
  ///   - isReserved: whether the evaluation that covers the rest takes place at the schedule's last time.
  public mutating func step(_ path: DenoisingPath, isReserved: Bool = false) {
    let (times, place) = times(of: path)
    // Where nothing has been evaluated, the latent is noise at whatever level the schedule starts with.
    if denoiser.evaluations == 0 {
      run = SamplingRun(.ddim, from: run.latent, at: schedule.levels[times[place]])
    }
    if isReserved, path.covering != nil, let last = grid.times.last {
      run.coast(to: schedule.levels[last])
      run.step(to: .clean, &denoiser)
      return
    }
    let next = place + 1
    run.step(to: next < times.count ? schedule.levels[times[next]] : .clean, &denoiser)
  }

  /// The times of a path's present leg, and which of them is next.
  private func times(of path: DenoisingPath) -> (times: [Int], place: Int) {
    if let covering = path.covering {
      let left = TrajectoryLookup.leavingTime(path, grid.times)
      return (schedule.times(from: left, evaluations: covering), path.covered)
    }
    if path.scheduled == grid.steps { return (grid.times, path.done) }
    return (schedule.times(from: NoiseSchedule.times - 1, evaluations: path.scheduled), path.done)
  }

  /// Entropy of the latent as it is now, and of the clean latent that the last evaluation predicted, in bits; as
  /// precise as a table keeps them.
  public var entropyBits: (latent: Double, predicted: Double) {
    func bits(_ coefficients: [Double]) -> Double {
      Double(Float(histogram.entropyBits(transform.pixels(of: coefficients))))
    }
    return (bits(run.latent), bits(run.predicted))
  }

  /// Its values as a network reads them: row by row, all channels of a pixel together.
  public var pixels: [Float] {
    let shape = denoiser.prior.shape
    let values = transform.pixels(of: run.latent)
    var result = [Float](repeating: 0, count: values.count)
    for channel in 0..<shape.channels {
      for pixel in 0..<shape.plane {
        result[pixel * shape.channels + channel] = Float(values[channel * shape.plane + pixel])
      }
    }
    return result
  }
}

import Testing

@testable import LatentDynamics

/// Latents denoised step by step give what a table says of them beforehand.
@Suite struct LatentRunTests {
  private static let steps = 10
  private static let table = TableGenerator(
    prompts: 4, grid: TrajectoryGrid(steps: steps), model: "m", height: 64, width: 64
  ).generate(version: "test")
  private static let shape = LatentShape(imageHeight: 64, imageWidth: 64)

  private func run(_ row: Int) -> LatentRun {
    LatentRun(Prompt(seed: 1 + UInt64(row)), grid: Self.table.grid, shape: Self.shape)
  }

  private func error(_ run: LatentRun, row: Int) -> Double {
    let prompt = Prompt(seed: 1 + UInt64(row))
    var denoiser = Denoiser(LatentPrior(prompt, shape: Self.shape))
    let converged = SamplingRun.sample(
      .dpmSolverPP2M, from: prompt.noise(Self.shape),
      along: TrajectoryMeasurement.convergedPath(steps: TrajectoryMeasurement.convergedSteps),
      &denoiser)
    return Double(TrajectoryMeasurement.relativeError(run.run.latent, from: converged))
  }

  @Test(arguments: 0..<4) func entropiesAreTheTables(_ row: Int) {
    var run = run(row)
    for done in 0..<Self.steps {
      run.step(DenoisingPath(scheduled: Self.steps, done: done))
      let path = DenoisingPath(scheduled: Self.steps, done: done + 1)
      #expect(run.entropyBits == Self.table.entropyBits(row: row, path))
    }
    #expect(abs(error(run, row: row) - Self.table.wholeError(row: row)) < 1e-6)
  }

  @Test(arguments: [(5, 1), (5, 3), (8, 2)])
  func leavingTheScheduleEndsWhereTheTableSays(stop: Int, remaining: Int) {
    var run = run(1)
    for done in 0..<stop { run.step(DenoisingPath(scheduled: Self.steps, done: done)) }
    for covered in 0..<remaining {
      run.step(
        DenoisingPath(scheduled: Self.steps, done: stop, covering: remaining, covered: covered))
    }
    let expected = Self.table.error(row: 1, stop: stop, .cover(remaining))
    #expect(abs(error(run, row: 1) - expected) < 1e-6)
  }

  @Test func theReservedStepIsTheTables() {
    var run = run(2)
    for done in 0..<5 { run.step(DenoisingPath(scheduled: Self.steps, done: done)) }
    run.step(
      DenoisingPath(scheduled: Self.steps, done: 5, covering: 1, covered: 0), isReserved: true)
    #expect(abs(error(run, row: 2) - Self.table.error(row: 2, stop: 5, .reserved)) < 1e-6)
  }

  @Test func aScheduleOfAnotherLengthIsTheTablesToo() {
    var run = run(3)
    for done in 0..<5 { run.step(DenoisingPath(scheduled: 5, done: done)) }
    #expect(abs(error(run, row: 3) - Self.table.error(row: 3, stop: 0, .cover(5))) < 1e-6)
  }

  @Test func networksReadPixelByPixel() {
    let run = run(0)
    let plane = CosineTransform(Self.shape).pixels(of: run.run.latent)
    #expect(run.pixels.count == Self.shape.count)
    // Pixel 9, channel 2.
    #expect(run.pixels[9 * 4 + 2] == Float(plane[2 * Self.shape.plane + 9]))
  }
}

private import Dispatch

/// Makes the built-in table: samples prompts by seed, several at a time.
public struct TableGenerator: Sendable {
  /// What each row holds.
  public var grid: TrajectoryGrid
  /// Height of the image in pixels, a multiple of 8.
  public var height: Int
  /// Width of the image in pixels, a multiple of 8.
  public var width: Int
  /// The model that the table is for.
  public var model: String
  /// Rows.
  public var prompts: Int
  /// Seed of the first prompt; the others follow it.
  public var firstSeed: UInt64
  /// The entropy's estimator.
  public var histogram: ValueHistogram

  /// A generator; `prompts` above zero.
  public init(
    prompts: Int, grid: TrajectoryGrid = TrajectoryGrid(), model: String = "sd15",
    height: Int = 512, width: Int = 512, firstSeed: UInt64 = 1,
    histogram: ValueHistogram = ValueHistogram()
  ) {
    precondition(prompts > 0, "a table without a prompt")
    self.prompts = prompts
    self.grid = grid
    self.model = model
    self.height = height
    self.width = width
    self.firstSeed = firstSeed
    self.histogram = histogram
  }

  /// Makes the table on `threads` threads; rows do not depend on their number. `progress` is told how
  /// many prompts are done.
  public func generate(
    version: String, threads: Int = 1, progress: (Int) -> Void = { _ in }
  ) -> TrajectoryTable {
    let measurement = TrajectoryMeasurement(
      grid, shape: LatentShape(imageHeight: height, imageWidth: width), histogram: histogram)
    let width = grid.valuesPerPrompt
    var values = [Float](repeating: .nan, count: prompts * width)
    let threads = max(threads, 1)
    for start in stride(from: 0, to: prompts, by: threads * 4) {
      let count = min(threads * 4, prompts - start)
      values.withUnsafeMutableBufferPointer { values in
        nonisolated(unsafe) let rows = UnsafeMutableBufferPointer(
          rebasing: values[(start * width)...])
        let next = start
        DispatchQueue.concurrentPerform(iterations: min(threads, count)) { thread in
          for index in stride(from: thread, to: count, by: threads) {
            let row = measurement.row(Prompt(seed: firstSeed &+ UInt64(next + index)))
            for (i, value) in row.enumerated() { rows[index * width + i] = value }
          }
        }
      }
      progress(start + count)
    }
    let header = TrajectoryTable.Header(
      source: .synthetic,
      provenance:
        "qosdiff \(version): Gaussian-mixture latents, prompt seeds \(firstSeed)... ; DDIM on "
        + "scaled-linear betas; converged = DPM-Solver++(2M) in "
        + "\(TrajectoryMeasurement.convergedSteps) steps; entropy of \(histogram.bins) bins over "
        + "[\(histogram.range.lowerBound), \(histogram.range.upperBound)]",
      model: model, height: height, width: self.width, prompts: prompts, grid: grid)
    return TrajectoryTable(header: header, values: values)
  }
}

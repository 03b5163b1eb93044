/// Group normalisation on channels-last images; this oneDNN has none.
///
/// Two passes over the image, each split over the threads by pixels: sums and squares of each
/// channel, then x a + b with a and b from the group's mean and variance and the channel's scale
/// and shift.
final class GroupNormKernel: PreparedKernel {
  private let engine: OneDNN
  private let batch: Int
  private let pixels: Int
  private let channels: Int
  private let groups: Int

  static let epsilon = 1e-5
  var packedBytes: [Int] { [8 * channels] }
  var implementation: String { "two passes" }

  init(_ engine: OneDNN, batch: Int, pixels: Int, channels: Int, groups: Int) {
    self.engine = engine
    self.batch = batch
    self.pixels = pixels
    self.channels = channels
    self.groups = groups
  }

  func bind(inputs: [Buffer], output: Buffer, packed: [Buffer]) throws(KernelBenchError)
    -> BoundKernel
  {
    let work = GroupNormWork(
      threads: engine.threads, pixels: pixels, channels: channels, groups: groups,
      scaleShift: packed[0])
    let imageBytes = 4 * pixels * channels
    let (engine, batch) = (engine, batch)
    return BoundKernel(keeping: inputs + packed + [output]) { () throws(KernelBenchError) in
      for image in 0..<batch {
        work.source = inputs[0].address + image * imageBytes
        work.target = output.address + image * imageBytes
        engine.parallel { work.addUp(thread: $0) }
        work.combine()
        engine.parallel { work.normalise(thread: $0) }
      }
    }
  }
}

/// The state that the threads share while they normalise one image.
final class GroupNormWork {
  var source: UnsafeMutableRawPointer
  var target: UnsafeMutableRawPointer
  private let threads: Int
  private let pixels: Int
  private let channels: Int
  private let groups: Int
  private let scaleShift: Buffer
  /// Sum and sum of squares of each channel, for each thread.
  private let sums: UnsafeMutablePointer<Double>
  /// Factor and summand of each channel.
  private let affine: Buffer

  init(threads: Int, pixels: Int, channels: Int, groups: Int, scaleShift: Buffer) {
    self.threads = threads
    self.pixels = pixels
    self.channels = channels
    self.groups = groups
    self.scaleShift = scaleShift
    sums = .allocate(capacity: threads * 2 * channels)
    affine = Buffer(count: 2 * channels)
    (source, target) = (affine.address, affine.address)
  }

  deinit { sums.deallocate() }

  private func range(_ thread: Int) -> Range<Int> {
    (pixels * thread / threads)..<(pixels * (thread + 1) / threads)
  }

  /// Pixels whose sums are kept in single precision before they join the double ones.
  private static let block = 64

  func addUp(thread: Int) {
    let source = source.assumingMemoryBound(to: Float.self)
    let sums = sums + thread * 2 * channels
    sums.update(repeating: 0, count: 2 * channels)
    let range = range(thread)
    let wide = channels / 16 * 16
    for block in stride(from: range.lowerBound, to: range.upperBound, by: Self.block) {
      let end = min(block + Self.block, range.upperBound)
      for c in stride(from: 0, to: wide, by: 16) {
        var sum = SIMD16<Float>(repeating: 0)
        var squares = SIMD16<Float>(repeating: 0)
        for pixel in block..<end {
          let x = UnsafeRawPointer(source + pixel * channels + c)
            .loadUnaligned(as: SIMD16<Float>.self)
          sum += x
          squares += x * x
        }
        for lane in 0..<16 {
          sums[c + lane] += Double(sum[lane])
          sums[channels + c + lane] += Double(squares[lane])
        }
      }
      for c in wide..<channels {
        for pixel in block..<end {
          let x = Double(source[pixel * channels + c])
          sums[c] += x
          sums[channels + c] += x * x
        }
      }
    }
  }

  func combine() {
    let width = channels / groups
    let count = Double(pixels * width)
    for group in 0..<groups {
      var (sum, squares) = (0.0, 0.0)
      for thread in 0..<threads {
        for c in (group * width)..<((group + 1) * width) {
          sum += sums[thread * 2 * channels + c]
          squares += sums[(thread * 2 + 1) * channels + c]
        }
      }
      let mean = sum / count
      let deviation = (max(squares / count - mean * mean, 0) + GroupNormKernel.epsilon)
        .squareRoot()
      for c in (group * width)..<((group + 1) * width) {
        let factor = Double(scaleShift.floats[c]) / deviation
        affine.floats[c] = Float(factor)
        affine.floats[channels + c] = Float(Double(scaleShift.floats[channels + c]) - mean * factor)
      }
    }
  }

  func normalise(thread: Int) {
    let source = source.assumingMemoryBound(to: Float.self)
    let target = target.assumingMemoryBound(to: Float.self)
    guard let factors = UnsafePointer(affine.floats.baseAddress) else { return }
    let shifts = factors + channels
    let wide = channels / 16 * 16
    for pixel in range(thread) {
      let (from, to) = (source + pixel * channels, target + pixel * channels)
      for c in stride(from: 0, to: wide, by: 16) {
        let x = UnsafeRawPointer(from + c).loadUnaligned(as: SIMD16<Float>.self)
        let a = UnsafeRawPointer(factors + c).loadUnaligned(as: SIMD16<Float>.self)
        let b = UnsafeRawPointer(shifts + c).loadUnaligned(as: SIMD16<Float>.self)
        UnsafeMutableRawPointer(to + c).storeBytes(
          of: x * a + b, as: SIMD16<Float>.self)
      }
      for c in wide..<channels { to[c] = from[c] * factors[c] + shifts[c] }
    }
  }
}

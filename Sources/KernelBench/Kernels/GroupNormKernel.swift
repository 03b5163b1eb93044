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
    switch engine.precision {
    case .f32: bind(Float.self, inputs: inputs, output: output, packed: packed)
    case .bf16: bind(BFloat16.self, inputs: inputs, output: output, packed: packed)
    }
  }

  private func bind<Element: GroupNormElement>(
    _ element: Element.Type, inputs: [Buffer], output: Buffer, packed: [Buffer]
  ) -> BoundKernel {
    let work = GroupNormWork<Element>(
      threads: engine.threads, pixels: pixels, channels: channels, groups: groups,
      scaleShift: packed[0])
    let imageBytes = MemoryLayout<Element>.size * pixels * channels
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

/// A number as an image stores it, one or sixteen at a time.
protocol GroupNormElement {
  init(_ x: Float)
  var float: Float { get }
  static func load16(_ address: UnsafePointer<Self>) -> SIMD16<Float>
  static func store16(_ values: SIMD16<Float>, at address: UnsafeMutablePointer<Self>)
}

extension Float: GroupNormElement {
  var float: Float { self }

  static func load16(_ address: UnsafePointer<Float>) -> SIMD16<Float> {
    UnsafeRawPointer(address).loadUnaligned(as: SIMD16<Float>.self)
  }

  static func store16(_ values: SIMD16<Float>, at address: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(address).storeBytes(of: values, as: SIMD16<Float>.self)
  }
}

extension BFloat16: GroupNormElement {
  static func load16(_ address: UnsafePointer<BFloat16>) -> SIMD16<Float> {
    let halves = UnsafeRawPointer(address).loadUnaligned(as: SIMD16<UInt16>.self)
    let bits = SIMD16<UInt32>(truncatingIfNeeded: halves) &<< 16
    return unsafeBitCast(bits, to: SIMD16<Float>.self)
  }

  static func store16(_ values: SIMD16<Float>, at address: UnsafeMutablePointer<BFloat16>) {
    let bits = unsafeBitCast(values, to: SIMD16<UInt32>.self)
    let halves = (bits &+ 0x7FFF &+ (bits &>> 16 & 1)) &>> 16
    // A NaN is not rounded, which could carry into infinity.
    let kept = halves.replacing(with: 0x7FC0, where: values .!= values)
    UnsafeMutableRawPointer(address)
      .storeBytes(of: SIMD16<UInt16>(truncatingIfNeeded: kept), as: SIMD16<UInt16>.self)
  }
}

/// The state that the threads share while they normalise one image.
final class GroupNormWork<Element: GroupNormElement> {
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
  private static var block: Int { 64 }

  func addUp(thread: Int) {
    let source = UnsafePointer(source.assumingMemoryBound(to: Element.self))
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
          let x = Element.load16(source + pixel * channels + c)
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
          let x = Double(source[pixel * channels + c].float)
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
    let source = UnsafePointer(source.assumingMemoryBound(to: Element.self))
    let target = target.assumingMemoryBound(to: Element.self)
    guard let factors = UnsafePointer(affine.floats.baseAddress) else { return }
    let shifts = factors + channels
    let wide = channels / 16 * 16
    for pixel in range(thread) {
      let (from, to) = (source + pixel * channels, target + pixel * channels)
      for c in stride(from: 0, to: wide, by: 16) {
        let x = Element.load16(from + c)
        let a = Float.load16(factors + c)
        let b = Float.load16(shifts + c)
        Element.store16(x * a + b, at: to + c)
      }
      for c in wide..<channels { to[c] = Element(from[c].float * factors[c] + shifts[c]) }
    }
  }
}

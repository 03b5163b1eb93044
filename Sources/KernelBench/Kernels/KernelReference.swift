import DiffusionModels
import Foundation

/// What a kernel must give at one place of its output, in double precision and from the definition:
/// plain loops over the published order of the parameters.
struct KernelReference {
  let kernel: Kernel
  let inputs: [UnsafePointer<Float>]
  let parameters: [UnsafePointer<Float>]

  init(kernel: Kernel, inputs: [Buffer], parameters: [Buffer]) {
    self.kernel = kernel
    self.inputs = inputs.map { UnsafePointer($0.address.assumingMemoryBound(to: Float.self)) }
    self.parameters = parameters.map {
      UnsafePointer($0.address.assumingMemoryBound(to: Float.self))
    }
  }

  /// The value of output number `i`.
  func value(_ i: Int) -> Double {
    switch kernel {
    case .convolution(_, let height, let width, let from, let to, let side, let stride):
      return convolution(i, height, width, from, to, side, stride)
    case .linear(_, let from, let to, let bias):
      let (row, column) = (i / to, i % to)
      var sum = bias ? Double(parameters[1][column]) : 0
      for k in 0..<from {
        sum += Double(inputs[0][row * from + k]) * Double(parameters[0][column * from + k])
      }
      return sum
    case .attention(_, let heads, let queries, let keys, let width, let causal):
      return attention(i, heads, queries, keys, width, causal)
    case .groupNorm(_, let pixels, let channels, let groups):
      let (row, channel) = (i / channels, i % channels)
      let (image, each) = (row / pixels, channels / groups)
      let first = channel / each * each
      let places = (0..<pixels).lazy.flatMap { pixel in
        (first..<(first + each)).lazy.map { (image * pixels + pixel) * channels + $0 }
      }
      return normalised(
        i, over: places, channel: channel, channels: channels, epsilon: GroupNormKernel.epsilon)
    case .layerNorm(_, let channels):
      let row = i / channels
      return normalised(
        i, over: (row * channels)..<((row + 1) * channels), channel: i % channels,
        channels: channels, epsilon: Double(LayerNormKernel.epsilon))
    case .activation(let function, _):
      let x = Double(inputs[0][i])
      switch function {
      case .silu: return x / (1 + exp(-x))
      case .quickGELU: return x / (1 + exp(-1.702 * x))
      case .gelu: return x * (1 + erf(x / 2.0.squareRoot())) / 2
      }
    case .add: return Double(inputs[0][i]) + Double(inputs[1][i])
    case .multiply: return Double(inputs[0][i]) * Double(inputs[1][i])
    case .addPerImage(_, let pixels, let channels):
      let image = i / channels / pixels
      return Double(inputs[0][i]) + Double(inputs[1][image * channels + i % channels])
    case .concatenate(_, let first, let second):
      let (row, column) = (i / (first + second), i % (first + second))
      return column < first
        ? Double(inputs[0][row * first + column])
        : Double(inputs[1][row * second + column - first])
    case .upsample(_, let height, let width, let channels):
      let (pixel, channel) = (i / channels, i % channels)
      let (line, column) = (pixel / (2 * width), pixel % (2 * width))
      let (image, y) = (line / (2 * height), line % (2 * height))
      return Double(
        inputs[0][((image * height + y / 2) * width + column / 2) * channels + channel])
    case .embedding(_, let vocabulary, let channels):
      let row = EmbeddingKernel.index(i / channels, of: vocabulary)
      return Double(parameters[0][row * channels + i % channels])
    }
  }

  private func convolution(
    _ i: Int, _ height: Int, _ width: Int, _ from: Int, _ to: Int, _ side: Int, _ stride: Int
  ) -> Double {
    let (outHeight, outWidth) = ((height - 1) / stride + 1, (width - 1) / stride + 1)
    let (pixel, channel) = (i / to, i % to)
    let (line, column) = (pixel / outWidth, pixel % outWidth)
    let (image, row) = (line / outHeight, line % outHeight)
    var sum = Double(parameters[1][channel])
    for dy in 0..<side {
      for dx in 0..<side {
        let (y, x) = (row * stride + dy - side / 2, column * stride + dx - side / 2)
        guard (0..<height).contains(y), (0..<width).contains(x) else { continue }
        let source = inputs[0] + ((image * height + y) * width + x) * from
        for c in 0..<from {
          let weight = parameters[0][((channel * from + c) * side + dy) * side + dx]
          sum += Double(source[c]) * Double(weight)
        }
      }
    }
    return sum
  }

  private func attention(
    _ i: Int, _ heads: Int, _ queries: Int, _ keys: Int, _ width: Int, _ causal: Bool
  ) -> Double {
    let row = heads * width
    let (position, column) = (i / row, i % row)
    let (image, query) = (position / queries, position % queries)
    let head = column / width * width
    let seen = causal ? min(keys, query + 1) : keys
    let scores = (0..<seen).map { key in
      (0..<width).reduce(0.0) {
        $0 + Double(inputs[0][position * row + head + $1])
          * Double(inputs[1][(image * keys + key) * row + head + $1])
      } / Double(width).squareRoot()
    }
    let top = scores.max() ?? 0
    var (sum, total) = (0.0, 0.0)
    for key in 0..<seen {
      let weight = exp(scores[key] - top)
      total += weight
      sum += weight * Double(inputs[2][(image * keys + key) * row + column])
    }
    return sum / total
  }

  private func normalised(
    _ i: Int, over places: some Sequence<Int>, channel: Int, channels: Int, epsilon: Double
  ) -> Double {
    var (count, sum, squares) = (0.0, 0.0, 0.0)
    for place in places {
      let x = Double(inputs[0][place])
      count += 1
      sum += x
      squares += x * x
    }
    let mean = sum / count
    let deviation = (squares / count - mean * mean + epsilon).squareRoot()
    return (Double(inputs[0][i]) - mean) / deviation * Double(parameters[0][channel])
      + Double(parameters[0][channels + channel])
  }

  /// Places of the output that are compared: both ends, and others spread over the whole.
  static func places(of count: Int, samples: Int) -> [Int] {
    if count <= samples { return Array(0..<count) }
    // An irrational stride visits every channel, row and image of any shape.
    let golden = 0.618_033_988_749_894_9
    let spread = (1...samples).map {
      Int((Double($0) * golden).truncatingRemainder(dividingBy: 1) * Double(count))
    }
    return [0, count - 1] + spread
  }
}

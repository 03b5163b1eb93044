/// One operation of a network with its shape: what the harness times and a profile counts.
///
/// Activations are channels-last: `rows` are all positions of all images, `channels` the innermost
/// axis. Two kernels that are equal take the same time.
public enum Kernel: Hashable, Sendable, Codable {
  /// Square convolution, zero padding of `side / 2`, with a bias; height and width of the input.
  case convolution(
    batch: Int, height: Int, width: Int, inputs: Int, outputs: Int, side: Int, stride: Int)
  /// Matrix product with a weight of inputs x outputs, for each row.
  case linear(rows: Int, inputs: Int, outputs: Int, bias: Bool)
  /// softmax(Q K^T / sqrt(width)) V for each image and head; `width` is that of one head.
  case attention(batch: Int, heads: Int, queries: Int, keys: Int, width: Int, causal: Bool)
  /// Normalises each image's groups of channels over all positions; scale and shift by channel.
  case groupNorm(batch: Int, pixels: Int, channels: Int, groups: Int)
  /// Normalises each row over its channels; scale and shift by channel.
  case layerNorm(rows: Int, channels: Int)
  /// An elementwise function.
  case activation(Activation, elements: Int)
  /// Sum of two tensors of one shape.
  case add(elements: Int)
  /// Product of two tensors of one shape.
  case multiply(elements: Int)
  /// Adds one row for each image to all of its positions.
  case addPerImage(batch: Int, pixels: Int, channels: Int)
  /// Two tensors side by side along the channels.
  case concatenate(rows: Int, first: Int, second: Int)
  /// Nearest-neighbour enlargement by 2; height and width of the input.
  case upsample(batch: Int, height: Int, width: Int, channels: Int)
  /// Rows of a table, by index.
  case embedding(rows: Int, vocabulary: Int, channels: Int)

  /// An elementwise function.
  public enum Activation: String, Hashable, Sendable, Codable, CaseIterable {
    /// x / (1 + exp(-x)).
    case silu
    /// x (1 + erf(x / sqrt 2)) / 2.
    case gelu
    /// x / (1 + exp(-1.702 x)): CLIP's approximation of gelu.
    case quickGELU = "quick-gelu"
  }
}

extension Kernel {
  /// Trained numbers that the operation holds.
  public var parameters: Int {
    switch self {
    case .convolution(_, _, _, let inputs, let outputs, let side, _):
      inputs * outputs * side * side + outputs
    case .linear(_, let inputs, let outputs, let bias): inputs * outputs + (bias ? outputs : 0)
    case .groupNorm(_, _, let channels, _), .layerNorm(_, let channels): 2 * channels
    case .embedding(_, let vocabulary, let channels): vocabulary * channels
    default: 0
    }
  }

  /// Floating-point operations: 2 x multiply-accumulates of convolutions, linear layers and both
  /// matrix products of an attention; 0 for the rest, as published counts have it.
  public var flops: Double {
    switch self {
    case .convolution(let batch, let height, let width, let inputs, let outputs, let side, let s):
      2 * Double(batch * Self.output(height, s) * Self.output(width, s)) * Double(inputs * outputs)
        * Double(side * side)
    case .linear(let rows, let inputs, let outputs, _): 2 * Double(rows) * Double(inputs * outputs)
    case .attention(let batch, let heads, let queries, let keys, let width, _):
      4 * Double(batch * heads * width) * Double(queries) * Double(keys)
    default: 0
    }
  }

  /// Numbers read from inputs and written to the output, each once.
  public var activationElements: Int { inputElements.reduce(0, +) + outputElements }

  /// Least traffic in bytes: every input, parameter and output once. The scores of an attention
  /// are left out; an embedding reads only the rows it looks up.
  public func bytes(elementBytes: Int) -> Double {
    var elements = activationElements + parameters
    if case .embedding(let rows, _, let channels) = self { elements = 2 * rows * channels }
    return Double(elements) * Double(elementBytes)
  }

  /// Numbers in each input, in the order of the node's inputs. An embedding has none: its indices
  /// are no activations.
  public var inputElements: [Int] {
    switch self {
    case .convolution(let batch, let height, let width, let inputs, _, _, _):
      [batch * height * width * inputs]
    case .linear(let rows, let inputs, _, _): [rows * inputs]
    case .attention(let batch, let heads, let queries, let keys, let width, _):
      [queries, keys, keys].map { batch * heads * $0 * width }
    case .groupNorm(let batch, let pixels, let channels, _): [batch * pixels * channels]
    case .layerNorm(let rows, let channels): [rows * channels]
    case .activation(_, let elements): [elements]
    case .add(let elements), .multiply(let elements): [elements, elements]
    case .addPerImage(let batch, let pixels, let channels):
      [batch * pixels * channels, batch * channels]
    case .concatenate(let rows, let first, let second): [rows * first, rows * second]
    case .upsample(let batch, let height, let width, let channels):
      [batch * height * width * channels]
    case .embedding: []
    }
  }

  /// Numbers in the output.
  public var outputElements: Int {
    switch self {
    case .convolution(let batch, let height, let width, _, let outputs, _, let stride):
      batch * Self.output(height, stride) * Self.output(width, stride) * outputs
    case .linear(let rows, _, let outputs, _): rows * outputs
    case .attention(let batch, let heads, let queries, _, let width, _):
      batch * heads * queries * width
    case .groupNorm(let batch, let pixels, let channels, _): batch * pixels * channels
    case .layerNorm(let rows, let channels): rows * channels
    case .activation(_, let elements), .add(let elements), .multiply(let elements): elements
    case .addPerImage(let batch, let pixels, let channels): batch * pixels * channels
    case .concatenate(let rows, let first, let second): rows * (first + second)
    case .upsample(let batch, let height, let width, let channels):
      4 * batch * height * width * channels
    case .embedding(let rows, _, let channels): rows * channels
    }
  }

  /// Positions of a padded convolution's output along one axis.
  static func output(_ input: Int, _ stride: Int) -> Int { (input - 1) / stride + 1 }
}

extension Kernel: CustomStringConvertible {
  /// What it does, in a word: the first word of the description.
  public var kind: String {
    switch self {
    case .convolution: "convolution"
    case .linear: "linear"
    case .attention: "attention"
    case .groupNorm: "group-norm"
    case .layerNorm: "layer-norm"
    case .activation(let function, _): function.rawValue
    case .add, .addPerImage: "add"
    case .multiply: "multiply"
    case .concatenate: "concatenate"
    case .upsample: "upsample"
    case .embedding: "embedding"
    }
  }

  /// The kind and the shape, for tables: one line, different for kernels that differ.
  public var description: String {
    switch self {
    case .convolution(let batch, let height, let width, let inputs, let outputs, let side, let s):
      "\(kind) \(batch)x\(height)x\(width) \(inputs)->\(outputs) \(side)x\(side)"
        + (s == 1 ? "" : " stride \(s)")
    case .linear(let rows, let inputs, let outputs, let bias):
      "\(kind) \(rows) \(inputs)->\(outputs)" + (bias ? "" : " no bias")
    case .attention(let batch, let heads, let queries, let keys, let width, let causal):
      "\(kind) \(batch)x\(heads) heads \(queries)x\(keys) width \(width)"
        + (causal ? " causal" : "")
    case .groupNorm(let batch, let pixels, let channels, let groups):
      "\(kind) \(batch)x\(pixels)x\(channels) groups \(groups)"
    case .layerNorm(let rows, let channels): "\(kind) \(rows)x\(channels)"
    case .activation(_, let elements), .add(let elements), .multiply(let elements):
      "\(kind) \(elements)"
    case .addPerImage(let batch, let pixels, let channels):
      "\(kind) \(batch)x\(pixels)x\(channels) per image"
    case .concatenate(let rows, let first, let second): "\(kind) \(rows)x(\(first)+\(second))"
    case .upsample(let batch, let height, let width, let channels):
      "\(kind) \(batch)x\(height)x\(width)x\(channels)"
    case .embedding(let rows, let vocabulary, let channels):
      "\(kind) \(rows) of \(vocabulary)x\(channels)"
    }
  }
}

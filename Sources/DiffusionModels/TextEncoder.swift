/// Architecture of a CLIP text encoder, in the terms of its published configuration.
public struct TextEncoder: Sendable, Hashable {
  /// What graphs of it are called.
  public var name: String
  /// Width of a token's row (`hidden_size`).
  public var width: Int
  /// Transformer layers that are run.
  public var layers: Int
  /// Attention heads.
  public var heads: Int
  /// The feed-forward layer's function.
  public var activation: Kernel.Activation
  /// Width of the pooled text's projection; 0 = none.
  public var projection = 0

  static let vocabulary = 49408

  /// CLIP ViT-L/14 (Stable Diffusion 1.5, and SDXL's first).
  public static let clipL = Self(
    name: "clip-l", width: 768, layers: 12, heads: 12, activation: .quickGELU)
  /// OpenCLIP ViT-H without its last layer (Stable Diffusion 2.1).
  public static let openCLIPH = Self(
    name: "openclip-h", width: 1024, layers: 23, heads: 16, activation: .gelu)
  /// OpenCLIP ViT-bigG (SDXL's second).
  public static let openCLIPBigG = Self(
    name: "openclip-bigg", width: 1280, layers: 32, heads: 20, activation: .gelu,
    projection: 1280)

  /// One pass over so many prompts of 77 tokens.
  public func graph(batch: Int) -> OperatorGraph {
    var b = GraphBuilder()
    let words = b.embedding(
      "token_embedding", batch: batch, tokens: UNet.tokens, vocabulary: Self.vocabulary,
      channels: width)
    // Every prompt reads the same 77 rows.
    let places = b.embedding(
      "position_embedding", batch: batch, tokens: UNet.tokens, vocabulary: UNet.tokens,
      channels: width)
    var x = b.add("add", words, places)
    for layer in 0..<layers {
      x = b.scope("layer.\(layer)") { self.layer(&$0, x) }
    }
    x = b.layerNorm("final_layer_norm", x)
    if projection > 0 {
      let pooled = b.oneToken(of: x)
      _ = b.linear("text_projection", pooled, to: projection, bias: false)
    }
    return b.graph(name, output: x)
  }

  private func layer(_ b: inout GraphBuilder, _ x: TensorID) -> TensorID {
    let normed1 = b.layerNorm("layer_norm1", x)
    let mixed = b.attentionLayer(
      "self_attn", normed1, context: nil, heads: heads, qkvBias: true, causal: true)
    let h = b.add("add1", x, mixed)
    let normed2 = b.layerNorm("layer_norm2", h)
    let wide = b.linear("mlp.fc1", normed2, to: 4 * width)
    let narrow = b.linear("mlp.fc2", b.activation("mlp.act", activation, wide), to: width)
    return b.add("add2", h, narrow)
  }
}

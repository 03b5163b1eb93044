// Blocks that the networks share. Names follow the published implementation (diffusers).
extension GraphBuilder {
  /// Two normalised convolutions beside a shortcut; `time` is one row for each image, or nil (VAE).
  mutating func residual(_ name: String, _ x: TensorID, to outputs: Int, time: TensorID?)
    -> TensorID
  {
    scope(name) { b in
      let normed = b.groupNorm("norm1", x)
      var h = b.activation("silu1", .silu, normed)
      h = b.convolution("conv1", h, to: outputs)
      if let time {
        let shift = b.linear("time_emb_proj", b.activation("silu_time", .silu, time), to: outputs)
        h = b.addPerImage("add_time", h, shift)
      }
      h = b.groupNorm("norm2", h)
      h = b.activation("silu2", .silu, h)
      h = b.convolution("conv2", h, to: outputs)
      let shortcut =
        b[x].channels == outputs ? x : b.convolution("conv_shortcut", x, to: outputs, side: 1)
      return b.add("add", shortcut, h)
    }
  }

  /// Attention of x on itself, or on `context`, with its projections.
  mutating func attentionLayer(
    _ name: String, _ x: TensorID, context: TensorID?, heads: Int, qkvBias: Bool = false,
    causal: Bool = false
  ) -> TensorID {
    scope(name) { b in
      let channels = b[x].channels
      let query = b.linear("to_q", x, to: channels, bias: qkvBias)
      let key = b.linear("to_k", context ?? x, to: channels, bias: qkvBias)
      let value = b.linear("to_v", context ?? x, to: channels, bias: qkvBias)
      let mixed = b.attention(
        "attention", query: query, key: key, value: value, heads: heads, causal: causal)
      return b.linear("to_out", mixed, to: channels)
    }
  }

  /// A transformer over the positions of an image: `depth` blocks of self-attention, attention on
  /// the text, and a gated feed-forward layer.
  mutating func spatialTransformer(
    _ name: String, _ x: TensorID, context: TensorID, depth: Int, heads: Int, linear: Bool
  ) -> TensorID {
    scope(name) { b in
      let channels = b[x].channels
      let normed = b.groupNorm("norm", x)
      var h =
        linear
        ? b.linear("proj_in", normed, to: channels)
        : b.convolution("proj_in", normed, to: channels, side: 1)
      for block in 0..<depth {
        h = b.scope("block.\(block)") { $0.transformerBlock(h, context: context, heads: heads) }
      }
      h =
        linear
        ? b.linear("proj_out", h, to: channels)
        : b.convolution("proj_out", h, to: channels, side: 1)
      return b.add("add", x, h)
    }
  }

  private mutating func transformerBlock(_ x: TensorID, context: TensorID, heads: Int)
    -> TensorID
  {
    let normed1 = layerNorm("norm1", x)
    let own = attentionLayer("attn1", normed1, context: nil, heads: heads)
    let h = add("add1", x, own)
    let normed2 = layerNorm("norm2", h)
    let text = attentionLayer("attn2", normed2, context: context, heads: heads)
    let g = add("add2", h, text)
    let normed3 = layerNorm("norm3", g)
    return add("add3", g, gatedFeedForward(normed3))
  }

  /// GEGLU. The published layer projects to both halves at once; here they are two products, so
  /// that each half is a tensor of its own and the gate's gelu reads it without gaps.
  private mutating func gatedFeedForward(_ x: TensorID) -> TensorID {
    scope("ff") { b in
      let channels = b[x].channels
      let hidden = b.linear("proj.hidden", x, to: 4 * channels)
      let gate = b.linear("proj.gate", x, to: 4 * channels)
      let open = b.activation("gelu", .gelu, gate)
      let gated = b.multiply("gated", hidden, open)
      return b.linear("out", gated, to: channels)
    }
  }
}

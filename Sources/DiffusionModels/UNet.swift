/// Architecture of a latent-diffusion UNet, in the terms of its published configuration.
public struct UNet: Sendable, Hashable {
  /// Channels of each level, widest image first (`block_out_channels`).
  public var channels: [Int]
  /// Transformer blocks after each residual block of a level (`transformer_layers_per_block`); 0 =
  /// a level without attention.
  public var depths: [Int]
  /// Attention heads of each level (published, confusingly, as `attention_head_dim`).
  public var heads: [Int]
  /// Width of the text's rows (`cross_attention_dim`).
  public var contextWidth: Int
  /// Width of the pooled text and size embedding added to the time; 0 = none.
  public var addedWidth = 0
  /// Whether the transformer's projections are linear layers (`use_linear_projection`) or 1 x 1
  /// convolutions.
  public var linearProjections = false

  /// Residual blocks of a level on the way down; one more on the way up.
  static let blocks = 2
  static let latentChannels = 4
  /// Tokens of a prompt.
  static let tokens = 77

  /// Latent height and width must be multiples of this: each level but the last halves them.
  public var latentMultiple: Int { 1 << (channels.count - 1) }

  /// One forward pass.
  ///
  /// - Parameters:
  ///   - batch: the network's own batch (twice the images under guidance), at least 1.
  ///   - height: of the latent, a multiple of ``latentMultiple``.
  ///   - width: as height.
  public func graph(batch: Int, height: Int, width: Int) -> OperatorGraph {
    precondition(batch > 0 && height > 0 && width > 0)
    precondition(height % latentMultiple == 0 && width % latentMultiple == 0)
    var b = GraphBuilder()
    let latent = b.input(
      .init(batch: batch, height: height, width: width, channels: Self.latentChannels))
    let context = b.input(
      .init(batch: batch, height: Self.tokens, width: 1, channels: contextWidth))
    let time = timeEmbedding(&b, batch: batch)
    var skips: [TensorID] = [b.convolution("conv_in", latent, to: channels[0])]
    var x = down(&b, skips[0], context: context, time: time, skips: &skips)
    x = b.scope("mid") { b in
      x = b.residual("resnet.0", x, to: channels.last ?? 0, time: time)
      x = transformer(&b, "attention.0", x, context, level: channels.count - 1, middle: true)
      return b.residual("resnet.1", x, to: channels.last ?? 0, time: time)
    }
    x = up(&b, x, context: context, time: time, skips: &skips)
    let normed = b.groupNorm("norm_out", x)
    let active = b.activation("silu", .silu, normed)
    let noise = b.convolution("conv_out", active, to: Self.latentChannels)
    return b.graph("unet", output: noise)
  }

  /// Sinusoids of the time (from outside), and for SDXL of pooled text and size, through two
  /// layers each.
  private func timeEmbedding(_ b: inout GraphBuilder, batch: Int) -> TensorID {
    let wide = 4 * channels[0]
    func embed(_ name: String, _ inputs: Int) -> TensorID {
      let x = b.input(.init(batch: batch, height: 1, width: 1, channels: inputs))
      return b.scope(name) { b in
        let h = b.linear("linear_1", x, to: wide)
        return b.linear("linear_2", b.activation("silu", .silu, h), to: wide)
      }
    }
    let time = embed("time_embedding", channels[0])
    return addedWidth == 0 ? time : b.add("add", time, embed("add_embedding", addedWidth))
  }

  private func down(
    _ b: inout GraphBuilder, _ start: TensorID, context: TensorID, time: TensorID,
    skips: inout [TensorID]
  ) -> TensorID {
    var x = start
    for level in channels.indices {
      x = b.scope("down.\(level)") { b in
        for block in 0..<Self.blocks {
          x = b.residual("resnet.\(block)", x, to: channels[level], time: time)
          x = transformer(&b, "attention.\(block)", x, context, level: level)
          skips.append(x)
        }
        if level + 1 < channels.count {
          x = b.convolution("downsample", x, to: channels[level], stride: 2)
          skips.append(x)
        }
        return x
      }
    }
    return x
  }

  private func up(
    _ b: inout GraphBuilder, _ start: TensorID, context: TensorID, time: TensorID,
    skips: inout [TensorID]
  ) -> TensorID {
    var x = start
    for level in channels.indices.reversed() {
      x = b.scope("up.\(channels.count - 1 - level)") { b in
        for block in 0...Self.blocks {
          x = b.concatenate("concatenate.\(block)", x, skips.removeLast())
          x = b.residual("resnet.\(block)", x, to: channels[level], time: time)
          x = transformer(&b, "attention.\(block)", x, context, level: level)
        }
        if level > 0 {
          x = b.upsample("upsample", x)
          x = b.convolution("upsample.conv", x, to: channels[level])
        }
        return x
      }
    }
    return x
  }

  /// The middle has attention even where its level has none: as deep as the deepest level's.
  private func transformer(
    _ b: inout GraphBuilder, _ name: String, _ x: TensorID, _ context: TensorID, level: Int,
    middle: Bool = false
  ) -> TensorID {
    let depth = middle ? depths.max() ?? 0 : depths[level]
    if depth == 0 { return x }
    return b.spatialTransformer(
      name, x, context: context, depth: depth, heads: heads[level], linear: linearProjections)
  }
}

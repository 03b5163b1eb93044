/// Architecture of the autoencoder's decoder: latent to pixels, eight times as high and wide.
public struct VAEDecoder: Sendable, Hashable {
  /// Channels of each level, in the order of decoding.
  public var channels: [Int]

  /// Stable Diffusion's, unless other channels are given.
  public init(channels: [Int] = [512, 512, 256, 128]) { self.channels = channels }

  static let blocks = 3

  /// The 1 x 1 convolution before the decoder (`post_quant_conv`), which published counts of the
  /// decoder leave out.
  public func postQuantization(batch: Int, height: Int, width: Int) -> OperatorGraph {
    var b = GraphBuilder()
    let latent = b.input(
      .init(batch: batch, height: height, width: width, channels: UNet.latentChannels))
    let x = b.convolution("post_quant_conv", latent, to: UNet.latentChannels, side: 1)
    return b.graph("post_quantization", output: x)
  }

  /// The decoder on a latent of this height and width.
  public func graph(batch: Int, height: Int, width: Int) -> OperatorGraph {
    var b = GraphBuilder()
    let latent = b.input(
      .init(batch: batch, height: height, width: width, channels: UNet.latentChannels))
    var x = b.convolution("conv_in", latent, to: channels[0])
    x = b.scope("mid") { b in
      x = b.residual("resnet.0", x, to: channels[0], time: nil)
      let normed = b.groupNorm("attention.norm", x)
      let mixed = b.attentionLayer("attention", normed, context: nil, heads: 1, qkvBias: true)
      x = b.add("attention.add", x, mixed)
      return b.residual("resnet.1", x, to: channels[0], time: nil)
    }
    for level in channels.indices {
      x = b.scope("up.\(level)") { b in
        for block in 0..<Self.blocks {
          x = b.residual("resnet.\(block)", x, to: channels[level], time: nil)
        }
        if level + 1 < channels.count {
          x = b.upsample("upsample", x)
          x = b.convolution("upsample.conv", x, to: channels[level])
        }
        return x
      }
    }
    let normed = b.groupNorm("norm_out", x)
    let active = b.activation("silu", .silu, normed)
    let pixels = b.convolution("conv_out", active, to: 3)
    return b.graph("vae_decoder", output: pixels)
  }
}

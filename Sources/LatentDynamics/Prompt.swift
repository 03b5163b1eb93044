import EventEngine

/// What a prompt asks for, as far as its latents go.
public struct Prompt: Hashable, Sendable {
  /// Identifies it: all its random draws come from here.
  public let seed: UInt64
  /// 0 (smooth, few details) to 1. Assumed: uniform over prompts.
  public let complexity: Double
  /// Gaussian modes of its latents. Assumed: uniform on 1...8.
  public let modes: Int

  /// The prompt of a seed.
  public init(seed: UInt64) {
    var stream = RandomStream(seed: seed, stream: .prompt)
    self.init(
      seed: seed, complexity: stream.uniform(), modes: 1 + stream.index(below: 8))
  }

  /// A prompt from its parts; `complexity` in 0...1, `modes` above zero.
  public init(seed: UInt64, complexity: Double, modes: Int) {
    self.seed = seed
    self.complexity = complexity
    self.modes = modes
  }

  /// The noise that its image starts from, standard normal, in either domain.
  public func noise(_ shape: LatentShape) -> [Double] {
    var stream = RandomStream(seed: seed, stream: .latentNoise)
    return LatentPrior.gaussian(shape.count, using: &stream)
  }
}

import EventEngine
public import LatencyProfiles

/// Where stages run. Denoising is always on the accelerator, post-processing always on the CPU.
public struct Placement: Hashable, Sendable {
  /// Prompt encoding on the CPU pool instead of the accelerator.
  public var encodeOnCPU: Bool
  /// Decoding of latents on the CPU pool instead of the accelerator.
  public var decodeOnCPU: Bool

  /// The default: encode, denoise and decode on the accelerator, as a diffusers server does.
  public init(encodeOnCPU: Bool = false, decodeOnCPU: Bool = false) {
    self.encodeOnCPU = encodeOnCPU
    self.decodeOnCPU = decodeOnCPU
  }

  /// Whether a stage runs on the CPU pool.
  @inlinable public func isOnCPU(_ stage: Stage) -> Bool {
    switch stage {
    case .encode: encodeOnCPU
    case .denoise: false
    case .decode: decodeOnCPU
    case .postProcess: true
    }
  }
}

/// Whether the CPU's and the accelerator's stages of different queries overlap.
public enum Pipelining: Hashable, Sendable {
  /// A worker takes a batch through all stages and takes the next only then.
  case none
  /// Hand-offs go through buffers of `buffer` batches a worker and direction; a full one blocks
  /// the stage before it. A slot is held until the CPU has finished with the batch.
  case cpuGPU(buffer: Int)
}

/// The parts of a policy that are settings rather than code.
public struct ServingOptions: Hashable, Sendable {
  /// Most images in a batch; nil = every query is its own batch, whatever its images.
  public var batchLimit: Int?
  /// Overlap of CPU and accelerator.
  public var pipelining: Pipelining
  /// Where the stages run.
  public var placement: Placement

  /// Options from their parts.
  public init(batchLimit: Int?, pipelining: Pipelining, placement: Placement = Placement()) {
    self.batchLimit = batchLimit
    self.pipelining = pipelining
    self.placement = placement
  }
}

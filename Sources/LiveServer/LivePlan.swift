public import Cluster
public import LatencyProfiles
public import LatentDynamics
import Workload

/// What a live server has to be ready for.
public struct LivePlan: Hashable, Sendable {
  /// Threads that are accelerators.
  public var accelerators: Int
  /// Threads that are cores of the CPU pool.
  public var cores: Int
  /// Whether encoding and denoising are guided.
  public var guidance: Bool
  /// What accelerators do.
  public var onAccelerator: [Piece]
  /// What cores do, for one prompt or image at a time.
  public var onCPU: [Piece]
  /// What latents are like; nil without a trajectory table.
  public var latents: Latents?

  /// A stage for a batch of one shape.
  public struct Piece: Hashable, Sendable {
    /// The stage.
    public var stage: Stage
    /// Model and size.
    public var shape: Shape
    /// Images.
    public var images: Int

    /// A piece from its parts.
    public init(stage: Stage, shape: Shape, images: Int) {
      self.stage = stage
      self.shape = shape
      self.images = images
    }

    var size: LatencyProfile.ImageSize {
      LatencyProfile.ImageSize(height: Int(shape.size.height), width: Int(shape.size.width))
    }
  }

  /// The prompts and schedule of a trajectory table.
  public struct Latents: Hashable, Sendable {
    /// The schedule.
    public var grid: TrajectoryGrid
    /// Seed of the table's first prompt; the others follow it.
    public var firstSeed: UInt64

    /// The latents of a table whose rows have these prompts.
    public init(grid: TrajectoryGrid, firstSeed: UInt64) {
      self.grid = grid
      self.firstSeed = firstSeed
    }
  }

  /// Steps of a schedule.
  var steps: Int { (latents?.grid ?? TrajectoryGrid()).steps }

  /// How often each piece is run when batches of each size go through all stages.
  var rounds: [(piece: Piece, count: Int)] {
    let images = Set(onAccelerator.map(\.images)).reduce(0, +)
    return onAccelerator.map { ($0, $0.stage == .denoise ? steps : 1) } + onCPU.map { ($0, images) }
  }

  /// A plan from its parts.
  public init(
    accelerators: Int, cores: Int, guidance: Bool, onAccelerator: [Piece], onCPU: [Piece],
    latents: Latents?
  ) {
    self.accelerators = accelerators
    self.cores = cores
    self.guidance = guidance
    self.onAccelerator = onAccelerator
    self.onCPU = onCPU
    self.latents = latents
  }
}

package import Cluster
package import LatencyProfiles
package import LatentDynamics
import Workload

/// What a live server has to be ready for.
package struct LivePlan: Hashable, Sendable {
  /// Threads that are accelerators.
  package var accelerators: Int
  /// Threads that are cores of the CPU pool.
  package var cores: Int
  /// Whether encoding and denoising are guided.
  package var guidance: Bool
  /// What accelerators do.
  package var onAccelerator: [Piece]
  /// What cores do, for one prompt or image at a time.
  package var onCPU: [Piece]
  /// What latents are like; nil without a trajectory table.
  package var latents: Latents?

  /// A stage for a batch of one shape.
  package struct Piece: Hashable, Sendable {
    /// The stage.
    package var stage: Stage
    /// Model and size.
    package var shape: Shape
    /// Images.
    package var images: Int

    /// A piece from its parts.
    package init(stage: Stage, shape: Shape, images: Int) {
      self.stage = stage
      self.shape = shape
      self.images = images
    }

    var size: LatencyProfile.ImageSize {
      LatencyProfile.ImageSize(height: Int(shape.size.height), width: Int(shape.size.width))
    }
  }

  /// The prompts and schedule of a trajectory table.
  package struct Latents: Hashable, Sendable {
    /// The schedule.
    package var grid: TrajectoryGrid
    /// Seed of the table's first prompt; the others follow it.
    package var firstSeed: UInt64

    /// The latents of a table whose rows have these prompts.
    package init(grid: TrajectoryGrid, firstSeed: UInt64) {
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
  package init(
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

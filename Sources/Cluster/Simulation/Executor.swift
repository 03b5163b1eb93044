public import EventEngine
public import LatencyProfiles
public import LatentDynamics

/// Does a run's work for real, where a simulation predicts how long it takes; its clock is the run's.
public protocol Executor: AnyObject {
  /// The run begins now.
  func start()
  /// Time since the run began.
  var now: SimulationTime { get }
  /// Begins a piece of work, whose end ``wait(until:)`` tells.
  func begin(_ work: LiveWork)
  /// Waits until some work has ended or a time has come, whichever is first.
  func wait(until time: SimulationTime) -> LiveEvent
  /// Entropies of a part's latent after its last step, in bits; nil where none was computed.
  func entropyBits(of part: Int) -> (latent: Double, predicted: Double)?
  /// A part is delivered: its latent is wanted no longer.
  func forget(_ part: Int)
}

/// What an ``Executor`` waited for.
public enum LiveEvent: Hashable, Sendable {
  /// The work with this ticket has ended.
  case ended(ticket: Int)
  /// The time has come.
  case due
  /// The run is to end here and now: someone asked for it, or work has failed.
  case stopped
}

/// A piece of work for one accelerator, or for a core of the CPU pool.
public struct LiveWork: Sendable {
  /// Names it when it has ended.
  public var ticket: Int
  /// The accelerator; nil = any free core of the CPU pool.
  public var worker: WorkerID?
  /// The stage.
  public var stage: Stage
  /// Model and size.
  public var shape: Shape
  /// Images of the whole batch.
  public var images: Int
  /// What the batch is made of.
  public var members: [Member]

  /// Work from its parts.
  public init(
    ticket: Int, worker: WorkerID?, stage: Stage, shape: Shape, images: Int, members: [Member]
  ) {
    self.ticket = ticket
    self.worker = worker
    self.stage = stage
    self.shape = shape
    self.images = images
    self.members = members
  }

  /// A part of the batch.
  public struct Member: Hashable, Sendable {
    /// Number of the part, unique in a run.
    public var part: Int
    /// Row of the trajectory table that its prompt has; nil without a table.
    public var row: Int?
    /// How far its denoising has come before this work.
    public var path: DenoisingPath
    /// How its denoising ends.
    public var finish: Finish
    /// Whether the step policy looks at its latent after this work.
    public var maintainsViews: Bool

    /// A member from its parts.
    public init(part: Int, row: Int?, path: DenoisingPath, finish: Finish, maintainsViews: Bool) {
      self.part = part
      self.row = row
      self.path = path
      self.finish = finish
      self.maintainsViews = maintainsViews
    }
  }
}

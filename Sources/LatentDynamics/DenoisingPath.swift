/// How far a query's denoising has come, on a schedule of any length.
public struct DenoisingPath: Hashable, Sendable {
  /// Steps of its schedule.
  public var scheduled: Int
  /// Steps of that schedule that are done, or were skipped.
  public var done: Int
  /// Evaluations that cover the rest, since the schedule was left; nil = it is still kept.
  public var covering: Int?
  /// How many of those are done.
  public var covered: Int

  /// A path; `done` <= `scheduled`.
  public init(scheduled: Int, done: Int, covering: Int? = nil, covered: Int = 0) {
    self.scheduled = scheduled
    self.done = done
    self.covering = covering
    self.covered = covered
  }

  /// Whether nothing is left to do on it.
  public var isComplete: Bool { covering.map { covered >= $0 } ?? (done >= scheduled) }
}

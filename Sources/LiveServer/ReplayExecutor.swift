package import Cluster
package import EventEngine
import KernelBench
package import LatencyProfiles
package import LatentDynamics

/// A piece of work that a live server has done, as its caller saw it.
package struct LiveSpan: Sendable {
  let key: LiveTimings.Key
  /// When it was handed over, since the run's start.
  package let start: SimulationTime
  /// Until its end was known.
  package let duration: SimulationDuration
  /// Of the duration, without the hand-over to the thread and back.
  package let inThread: SimulationDuration

  /// The stage.
  package var stage: Stage { key.piece.stage }
  /// Images of the batch.
  package var images: Int { key.piece.images }
  /// Whether a core of the CPU pool did it, and no accelerator.
  package var isCPU: Bool { key.isCPU }
}

/// Does no work, by a clock of its own: each piece takes what the nearest one of its kind took in a live run. What such
/// a run differs in from the live one is not due to service times.
package final class ReplayExecutor: Executor {
  /// The time of its clock.
  package private(set) var now = SimulationTime.zero
  private let spans: [LiveTimings.Key: [LiveSpan]]
  private let otherwise: LiveTimings
  private let table: TrajectoryTable?
  private var pending: [(end: SimulationTime, ticket: Int)] = []
  private var bits: [Int: (latent: Double, predicted: Double)] = [:]

  /// - Parameters:
  ///   - log: of the live run.
  ///   - otherwise: timings for what that run never did, such as batches of a size that it never had.
  ///   - table: what the latents' entropies are.
  package init(_ log: [LiveSpan], otherwise: LiveTimings, table: TrajectoryTable?) {
    spans = Dictionary(grouping: log, by: \.key).mapValues { $0.sorted { $0.start < $1.start } }
    self.otherwise = otherwise
    self.table = table
  }

  /// The clock is at zero already.
  package func start() {}

  /// Begins a piece of work; entropies are those of the table.
  package func begin(_ work: LiveWork) {
    pending.append((now + duration(of: .init(work)), work.ticket))
    for member in work.members where member.maintainsViews {
      guard let table, let row = member.row else { continue }
      var path = member.path
      path.done += 1
      bits[member.part] = table.entropyBits(row: row, path)
    }
  }

  private func duration(of key: LiveTimings.Key) -> SimulationDuration {
    guard let own = spans[key] else {
      return SimulationDuration(seconds: otherwise.durations[key]?.median ?? 0)
    }
    let after = own.firstIndex { $0.start >= now } ?? own.endIndex
    let neighbours = own[max(after - 1, 0)..<min(after + 1, own.endIndex)]
    let nearest = neighbours.min {
      abs(($0.start - now).nanoseconds) < abs(($1.start - now).nanoseconds)
    }
    return nearest?.duration ?? .zero
  }

  /// Moves the clock to the end of the next work, or to `time`.
  package func wait(until time: SimulationTime) -> LiveEvent {
    let next = pending.indices.min { pending[$0].end < pending[$1].end }
    guard let next, pending[next].end <= time else {
      now = time
      return .due
    }
    now = pending[next].end
    return .ended(ticket: pending.remove(at: next).ticket)
  }

  /// Of the table.
  package func entropyBits(of part: Int) -> (latent: Double, predicted: Double)? { bits[part] }

  /// Lets a part's entropies go.
  package func forget(_ part: Int) { bits[part] = nil }
}

import Cluster
import Diagnostics
import Experiments
import Foundation
import KernelBench
import LiveServer
import Reporting
import Results
import Scenarios

/// Simulates a scenario and serves it for real, with the same queries and policies.
struct LiveValidation {
  let session: LiveSession
  let repeats: Int
  let policies: [String]?
  let verbosity: Verbosity
  private let points: [(name: String, experiment: Experiment)]

  /// - Throws: points that cannot be served, or that take longer than `timeLimit` seconds together.
  init(
    _ session: LiveSession, policies: [String]?, repeats: Int, timeLimit: Double,
    _ verbosity: Verbosity
  ) throws(InputError) {
    self.session = session
    self.repeats = repeats
    self.policies = policies
    self.verbosity = verbosity
    var points: [(name: String, experiment: Experiment)] = []
    for point in LivePoints(session.scenario).list {
      points.append((point.name, try Experiment(point.scenario, policies: policies)))
    }
    self.points = points
    let round = session.measurement.roundSeconds
    let seconds = points.reduce(0) { sum, point in
      sum + (point.experiment.liveSeconds() + round)
        * Double(point.experiment.policies.count * repeats)
    }
    try LiveLimits.check(seconds, limit: timeLimit, path: session.scenario.path)
    verbosity.note(
      "live: \(points.count) points x \(points[0].experiment.policies.count) policies x \(repeats) runs, "
        + "about \(Int((seconds / 60).rounded(.up))) min")
    if let scales = session.scenario.experiment?.sloScales, scales.count > 1 {
      Output.error(
        "Warning: of the experiment's SLO scales only the first is served, \(scales[0]).")
    }
    for point in points { LiveLimits.warn(of: point.experiment, point.name) }
  }

  /// A run that was served to its end.
  private struct Served {
    let place: Int
    let policy: Int
    let figures: LiveFigures
    let log: [LiveSpan]
    /// Which calibration it came after.
    let calibration: Int
  }

  /// Runs everything; when it is interrupted, what has been served to its end.
  ///
  /// The machine's speed drifts within minutes: the stages are timed before and after each run, which is simulated with
  /// the speed of those.
  func run(_ interrupt: InterruptFlag) throws -> (comparisons: [LiveComparison], drift: String) {
    var calibrations = Calibrations()
    var steps: [Double] = []
    func calibrate() throws -> Bool {
      do throws(KernelBenchError) {
        let timings = try session.server.calibrate()
        calibrations.add(timings)
        if let step = session.stepSeconds(timings) { steps.append(step) }
        return true
      } catch .interrupted {
        return false
      } catch {
        throw LiveSession.fault(error)
      }
    }
    let all = points.reduce(0) { $0 + $1.experiment.policies.count } * repeats
    var progress = Progress("live runs", verbosity)
    var served: [Served] = []
    var isOver = try !calibrate()
    // One pass after the other over all points: what changes slowly on the machine is noise, too.
    for _ in 0..<repeats {
      for (place, point) in points.enumerated() {
        for (index, policy) in point.experiment.policies.enumerated() where !isOver {
          progress.show(served.count, of: all, "\(point.name) \(policy.name)")
          let (clock, load) = (ClockWatch(), MachineLoad())
          let live = point.experiment.serve(policy: index, replication: 0, on: session.server)
          if let failure = session.server.failure { throw LiveSession.fault(failure) }
          isOver = session.server.isStopped
          if isOver { break }
          LiveSession.warn(of: clock, load, session.server, run: "\(point.name) \(policy.name)")
          served.append(
            Served(
              place: place, policy: index, figures: LiveFigures(live), log: session.server.log,
              calibration: steps.count - 1))
          isOver = try !calibrate()
        }
      }
    }
    progress.clear()
    let runs = try served.map { try simulated($0, calibrations.timings(after: $0.calibration)) }
    let comparisons = points.enumerated().flatMap { place, point in
      point.experiment.policies.enumerated().compactMap { index, policy in
        let own = zip(served, runs).filter { $0.0.place == place && $0.0.policy == index }
        return own.isEmpty
          ? nil : LiveComparison(point: point.name, policy: policy.name, runs: own.map(\.1))
      }
    }
    return (comparisons, Self.drift(steps))
  }

  /// Draws of the noise that a run is simulated for: one alone would be as far off as a live run is.
  private static let draws = 20

  private func simulated(
    _ run: Served, _ timings: LiveTimings
  ) throws(InputError) -> LiveComparison.Run {
    let experiment = points[run.place].experiment
    let timed = try Experiment(
      LivePoints(try session.scenario(timed: timings)).list[run.place].scenario, policies: policies)
    return LiveComparison.Run(
      live: run.figures,
      simulated: (0..<Self.draws).map { draw in
        LiveFigures(
          experiment.simulate(policy: run.policy, replication: 0, asServedBy: timed, draw: draw))
      },
      replayed: LiveFigures(
        experiment.replay(policy: run.policy, replication: 0, run.log, otherwise: timings)))
  }

  /// What the machine's speed did meanwhile.
  private static func drift(_ steps: [Double]) -> String {
    guard let least = steps.min(), let most = steps.max() else { return "" }
    return String(
      format:
        "The machine's speed meanwhile: a step took %.2f to %.2f ms, by %d timings between the runs.",
      1e3 * least, 1e3 * most, steps.count)
  }
}

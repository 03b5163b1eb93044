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
    let seconds = points.reduce(0) { sum, point in
      sum + point.experiment.liveSeconds() * Double(point.experiment.policies.count * repeats)
    }
    try LiveLimits.check(seconds, limit: timeLimit, path: session.scenario.path)
    verbosity.note(
      "live: \(points.count) points x \(points[0].experiment.policies.count) policies x \(repeats) runs, "
        + "about \(Int((seconds / 60).rounded(.up))) min")
    for point in points { LiveLimits.warn(of: point.experiment, point.name) }
  }

  /// Runs everything; when it is interrupted, what has been served to its end.
  ///
  /// The machine's speed drifts within minutes: the stages are timed before and after each run, and a point's policy is
  /// simulated with the times around all of its runs.
  func run(_ interrupt: InterruptFlag) throws -> (comparisons: [LiveComparison], drift: String) {
    var timings = points.map { $0.experiment.policies.map { _ in LiveTimings() } }
    var steps: [Double] = []
    func calibrate() throws -> LiveTimings? {
      if interrupt.isRaised() { return nil }
      do throws(KernelBenchError) {
        let timings = try session.server.calibrate()
        if let step = session.stepSeconds(timings) { steps.append(step) }
        return timings
      } catch .interrupted {
        return nil
      } catch {
        throw LiveSession.fault(error)
      }
    }
    var before = try calibrate()
    // One pass after the other over all points: what changes slowly on the machine is noise, too.
    var live = points.map { $0.experiment.policies.map { _ in [LiveFigures]() } }
    let all = points.reduce(0) { $0 + $1.experiment.policies.count } * repeats
    var progress = Progress("live runs", verbosity)
    var done = 0
    for _ in 0..<repeats {
      for (place, point) in points.enumerated() {
        for (index, policy) in point.experiment.policies.enumerated() {
          guard !interrupt.isRaised(), let earlier = before else { break }
          progress.show(done, of: all, "\(point.name) \(policy.name)")
          let (clock, load) = (ClockWatch(), MachineLoad())
          let recorder = point.experiment.serve(policy: index, replication: 0, on: session.server)
          if let failure = session.server.failure { throw LiveSession.fault(failure) }
          if session.server.isStopped { break }
          LiveSession.warn(of: clock, load, session.server, run: "\(point.name) \(policy.name)")
          before = try calibrate()
          live[place][index].append(LiveFigures(recorder))
          timings[place][index] = timings[place][index] + earlier + (before ?? LiveTimings())
          done += 1
        }
      }
    }
    progress.clear()
    var comparisons: [LiveComparison] = []
    for (place, point) in points.enumerated() {
      for (index, policy) in point.experiment.policies.enumerated() {
        let runs = live[place][index]
        if runs.isEmpty { continue }
        let timed = LivePoints(try session.scenario(timed: timings[place][index])).list[place]
        let simulated = point.experiment.simulate(
          policy: index, replication: 0,
          asServedBy: try Experiment(timed.scenario, policies: policies))
        comparisons.append(
          LiveComparison(
            point: point.name, policy: policy.name, queries: simulated.usage.offered,
            simulated: LiveFigures(simulated), live: runs))
      }
    }
    return (comparisons, Self.drift(steps))
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

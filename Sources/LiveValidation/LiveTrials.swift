import Cluster
package import Diagnostics
import Experiments
import KernelBench
import LiveServer
import Scenarios

/// What serving a scenario and simulating it showed.
package struct LiveOutcome: Sendable {
  package let comparisons: [LiveComparison]
  /// Seconds of a step of one image, by each timing between the runs.
  package let stepSeconds: [Double]
  package let servedRuns: Int
  /// Runs whose latencies are to be doubted.
  package let disturbedRuns: Int
}

/// Simulates a scenario and serves it for real, with the same queries and policies.
package struct LiveTrials {
  let session: LiveSession
  let repeats: Int
  let policies: [String]?
  private let folder: String?
  private let provenance: [(key: String, value: String)]
  private let points: [(name: String, experiment: Experiment)]

  /// - Parameter folder: where live runs are kept; nil = nowhere.
  /// - Throws: points that cannot be served, or that take longer than `timeLimit` seconds together.
  package init(
    _ session: LiveSession, policies: [String]?, repeats: Int, timeLimit: Double,
    keepingIn folder: String?, provenance: [(key: String, value: String)]
  ) throws(InputError) {
    self.folder = folder
    self.session = session
    self.repeats = repeats
    self.policies = policies
    self.provenance = provenance
    var points: [(name: String, experiment: Experiment)] = []
    for point in LivePoints(session.scenario).list {
      points.append(
        (point.name, try point.experiment(policies: policies, replications: repeats)))
    }
    self.points = points
    let round = session.measurement.roundSeconds
    let seconds = points.map(\.experiment).reduce(0) { sum, experiment in
      experiment.policies.indices.reduce(sum) {
        $0 + (experiment.liveSeconds(policy: $1, limit: timeLimit) + round) * Double(repeats)
      }
    }
    try LiveLimits.check(seconds, limit: timeLimit, path: session.scenario.path)
    session.listener.hear(
      .serving(
        points: points.count, policies: points[0].experiment.policies.count, repeats: repeats,
        seconds: seconds))
    if let scales = session.scenario.experiment?.sloScales, scales.count > 1 {
      session.listener.hear(.firstScaleOnly(scales[0]))
    }
    for point in points { LiveLimits.warn(of: point.experiment, point.name, session.listener) }
  }

  /// A run that was served to its end.
  private struct Served {
    let place: Int
    let policy: Int
    let figures: LiveFigures
    let log: [LiveSpan]
    /// Counted from 1, of the same policy and point.
    let number: Int
    /// Which calibration it came after.
    let calibration: Int
  }

  /// Runs everything; when it is interrupted, what has been served to its end.
  ///
  /// The machine's speed drifts within minutes: the stages are timed before and after each run, which is simulated with
  /// the speed of those.
  package func run() throws -> LiveOutcome {
    var timings: [LiveTimings] = []
    func calibrate() throws -> Bool {
      do throws(KernelBenchError) {
        timings.append(try session.server.calibrate())
        return true
      } catch .interrupted {
        return false
      } catch {
        throw LiveSession.fault(error)
      }
    }
    let pairs = points.indices.flatMap { place in
      points[place].experiment.policies.indices.map { (place: place, policy: $0) }
    }
    var served: [Served] = []
    var disturbed = 0
    var archive = try folder.map { (folder) throws(InputError) in
      try LiveArchive(folder, provenance: provenance)
    }
    var isReady = try calibrate()
    // One pass after the other over all points: what changes slowly on the machine is noise, too.
    for (index, (place, policy)) in repeatElement(pairs, count: repeats).joined().enumerated() {
      guard isReady else { break }
      let experiment = points[place].experiment
      let name = "\(points[place].name) \(experiment.policies[policy].name)"
      session.listener.show(
        .serving(done: served.count, all: pairs.count * repeats, run: name))
      let (clock, load) = (ClockWatch(), MachineLoad())
      let live = experiment.serve(policy: policy, replication: 0, on: session.server)
      let isCut = session.server.isStopped
      try archive?.take(live, experiment, place: place, policy: policy, isCut: isCut)
      if isCut { break }
      if session.warn(of: clock, load, run: name) { disturbed += 1 }
      served.append(
        Served(
          place: place, policy: policy, figures: LiveFigures(live), log: session.server.log,
          number: index / pairs.count + 1, calibration: timings.count - 1))
      isReady = try calibrate()
    }
    session.listener.show(.idle)
    let calibrations = Calibrations(timings)
    if var archive {
      for run in served {
        let point = points[run.place]
        archive.add(
          point: point.name, policy: point.experiment.policies[run.policy].name, run: run.number,
          slowness: calibrations.slowness(after: run.calibration), log: run.log)
      }
      try archive.finish(
        timings.isEmpty ? nil : session.profiles(timed: calibrations.steady))
    }
    if let failure = session.server.failure { throw LiveSession.fault(failure) }
    let comparisons = try pairs.compactMap { place, policy -> LiveComparison? in
      let runs = try served.filter { $0.place == place && $0.policy == policy }.map {
        try simulated($0, calibrations)
      }
      let point = points[place]
      return runs.isEmpty
        ? nil
        : LiveComparison(
          point: point.name, policy: point.experiment.policies[policy].name, runs: runs)
    }
    return LiveOutcome(
      comparisons: LiveComparison.pooled(comparisons),
      stepSeconds: timings.compactMap(session.stepSeconds), servedRuns: served.count,
      disturbedRuns: disturbed)
  }

  /// Draws of the noise that a run is simulated for: one alone would be as far off as a live run is.
  private static let draws = 20

  private func simulated(
    _ run: Served, _ calibrations: Calibrations
  ) throws(InputError) -> LiveComparison.Run {
    let experiment = points[run.place].experiment
    func simulated(by other: Experiment) -> [LiveFigures] {
      (0..<Self.draws).map { draw in
        LiveFigures(
          experiment.simulate(policy: run.policy, replication: 0, asServedBy: other, draw: draw))
      }
    }
    func simulated(by timings: LiveTimings) throws(InputError) -> [LiveFigures] {
      let place = LivePoints(try session.scenario(timed: timings)).list[run.place]
      return simulated(by: try place.experiment(policies: policies))
    }
    let timings = calibrations.timings(after: run.calibration)
    let longer = calibrations.timings(after: run.calibration, factor: LiveComparison.stretch)
    return LiveComparison.Run(
      live: run.figures, simulated: try simulated(by: timings), early: simulated(by: experiment),
      stretched: try simulated(by: longer),
      replayed: LiveFigures(
        experiment.replay(policy: run.policy, replication: 0, run.log, otherwise: timings)))
  }
}

package import LatentDynamics
package import Results
import Cluster
import EventEngine
import Foundation
import Policies
import Workload

/// Whether an entropy signal is worth its look: every prompt of a table alone, at a fixed batch and
/// without a queue, under the entropy policy and under controls at the same mean number of evaluations.
///
/// Thresholds are set so that each policy comes as near as it can to one mean; beyond that nothing is
/// fitted. Controls are averaged over ``draws`` draws a prompt.
package struct SignalControls {
  /// Draws of a control's step counts.
  static let draws = 20
  /// Resamples of the bootstrap for 5th percentiles.
  static let resamples = 400

  let table: TrajectoryTable
  let steps: Int

  /// On a table's own schedule.
  package init(_ table: TrajectoryTable) {
    self.table = table
    steps = table.grid.steps
  }

  /// Evidence for each signal, each way of finishing and each control, at about so many evaluations;
  /// then for the early probe.
  package func evidence(evaluations: Double) -> [ControlEvidence] {
    var result: [ControlEvidence] = []
    for signal in LatentSignal.allCases {
      for (name, finish) in [
        ("none", FinishRule.none), ("jump", .jump), ("reserved", .reserved),
        ("respace", .respace(5)),
      ] {
        let policy = threshold(signal, finish, evaluations: evaluations)
        let numbers = (0..<table.prompts).map { stop(policy, row: $0) }
        result += controls("\(signal.rawValue), \(name)", numbers, after: finish.evaluations) {
          self.error(row: $0, stop: $1, finish)
        }
      }
    }
    for signal in LatentSignal.allCases where !signal.isChange {
      let (policy, probe) = self.probe(signal)
      let numbers = (0..<table.prompts).map { probed(policy, row: $0, probe: probe) }
      result += controls("\(signal.rawValue), early probe", numbers, after: 0) {
        self.error(row: $0, probe: probe, number: $1)
      }
    }
    return result
  }

  /// Mean and 5th percentile of convergence of a full schedule of so many steps, planned from the start:
  /// what the same evaluations give where nobody stops early.
  package func fullSchedule(steps: Int) -> (convergence: Double, tail: Double) {
    let path = DenoisingPath(scheduled: steps, done: steps)
    let scores = (0..<table.prompts).map {
      QualityMeter.convergence(table.error(row: $0, path, .none))
    }.sorted()
    return (scores.reduce(0, +) / Double(scores.count), Quantiles.quantile(0.05, ofSorted: scores))
  }

  // MARK: - The policies on one prompt

  /// The entropy policy whose mean comes nearest to the wanted one: its threshold by bisection.
  private func threshold(
    _ signal: LatentSignal, _ finish: FinishRule, evaluations: Double
  ) -> EntropySteps {
    var (low, high) = (0.0, 9.0)
    func policy(_ threshold: Double) -> EntropySteps {
      EntropySteps(
        signal: signal, threshold: threshold, smoothing: 0.5, minimum: 4, every: 2)
    }
    for _ in 0..<40 {
      let middle = (low + high) / 2
      let candidate = policy(middle)
      var sum = 0
      for row in 0..<table.prompts {
        let stop = stop(candidate, row: row)
        sum += stop < steps ? min(stop + finish.evaluations, steps) : steps
      }
      // A rising signal stops later under a higher threshold, the others earlier.
      let isMany = Double(sum) / Double(table.prompts) > evaluations
      if isMany == (signal == .predictedX0) { high = middle } else { low = middle }
    }
    return policy((low + high) / 2)
  }

  /// Steps after which the policy stops a prompt that nobody hurries; all of them where it does not.
  private func stop(_ policy: EntropySteps, row: Int) -> Int {
    var state = StepState()
    for done in 1..<steps where policy.requirements.probes?.contains(done) ?? false {
      if policy.afterStep(Self.query, observation(row, done), &state, Self.context) == .finish {
        return done
      }
    }
    return steps
  }

  /// A probe after 5 steps, 10 to 30 evaluations between the signal's 10th and 90th percentile.
  private func probe(_ signal: LatentSignal) -> (policy: EntropyProbe, probe: Int) {
    let probe = 5
    let values = (0..<table.prompts).map { table.entropyBits(signal, row: $0, steps: probe) }
      .sorted()
    let low = Quantiles.quantile(0.1, ofSorted: values)
    let high = Quantiles.quantile(0.9, ofSorted: values)
    // A rising signal that is still low has the most to come; so has a falling one that is high.
    let (few, many) = signal == .predictedX0 ? (high, low) : (low, high)
    return (
      EntropyProbe(
        signal: signal, probe: probe, fewAt: few, manyAt: many, minimum: 10, maximum: 30), probe
    )
  }

  private func probed(_ policy: EntropyProbe, row: Int, probe: Int) -> Int {
    var state = StepState()
    switch policy.afterStep(Self.query, observation(row, probe), &state, Self.context) {
    case .respace(let remaining): return probe + remaining
    default: return steps
    }
  }

  private func observation(_ row: Int, _ done: Int) -> StepObservation {
    StepObservation(
      evaluationsDone: done, evaluationsLeft: steps - done,
      latentEntropyBits: table.entropyBits(.latent, row: row, steps: done),
      predictedEntropyBits: table.entropyBits(.predictedX0, row: row, steps: done))
  }

  /// Nobody waits, and there is all the time in the world.
  private static let context = StepContext(
    now: .zero, worker: WorkerID(rawValue: 0), evaluationTime: .zero, otherTime: .zero,
    queuedImages: 0, workersOfQueue: 1, batchLimit: 1)
  private static let query = QueryView(
    id: QueryID(rawValue: 0), arrival: .zero, deadline: SimulationTime(seconds: 1e6),
    model: ModelID(rawValue: 0), shape: ShapeID(rawValue: 0), images: 1, requestedSteps: 50,
    promptSeed: 0, serviceClass: 0, predictedService: .zero, resubmissions: 0)

  // MARK: - Errors and evaluations of a way to go

  private func error(row: Int, stop: Int, _ finish: FinishRule) -> (evaluations: Int, error: Double)
  {
    if stop + finish.evaluations >= steps, finish != .none || stop >= steps {
      return (steps, table.wholeError(row: row))
    }
    let path = DenoisingPath(scheduled: steps, done: stop)
    return (stop + finish.evaluations, table.error(row: row, path, finish.ending))
  }

  private func error(row: Int, probe: Int, number: Int) -> (evaluations: Int, error: Double) {
    if number >= steps { return (steps, table.wholeError(row: row)) }
    let path = DenoisingPath(scheduled: steps, done: probe)
    return (number, table.error(row: row, path, .cover(number - probe)))
  }

  // MARK: - The comparison

  /// The policy's numbers against the same mean for all, and against themselves shuffled.
  private func controls(
    _ subject: String, _ numbers: [Int], after: Int,
    _ outcome: (Int, Int) -> (evaluations: Int, error: Double)
  ) -> [ControlEvidence] {
    let own = numbers.indices.map { outcome($0, numbers[$0]) }
    let scores = own.map { QualityMeter.convergence($0.error) }
    // What all leave the schedule after, for the same mean of evaluations in all.
    let total = Double(own.reduce(0) { $0 + $1.evaluations }) / Double(own.count)
    let mean = total - Double(after)
    return ["fixed", "random"].map { control in
      var evaluations = 0
      var drawn = numbers.map { _ in [Double]() }
      for row in numbers.indices {
        var random = RandomStream(
          seed: UInt64(row), stream: .signalControls, entity: control == "fixed" ? 1 : 2)
        for _ in 0..<Self.draws {
          let number =
            control == "fixed"
            ? Int(mean) + (random.uniform() < mean - mean.rounded(.down) ? 1 : 0)
            : numbers[random.index(below: numbers.count)]
          let result = outcome(row, number)
          evaluations += result.evaluations
          drawn[row].append(QualityMeter.convergence(result.error))
        }
      }
      return evidence(subject, control, own.map(\.evaluations), scores, drawn, evaluations)
    }
  }

  private func evidence(
    _ subject: String, _ control: String, _ evaluations: [Int], _ scores: [Double],
    _ drawn: [[Double]], _ controlEvaluations: Int
  ) -> ControlEvidence {
    let theirs = drawn.map { $0.reduce(0, +) / Double($0.count) }
    let rows = Double(scores.count)
    return ControlEvidence(
      subject: subject, control: control,
      evaluations: Double(evaluations.reduce(0, +)) / rows,
      controlEvaluations: Double(controlEvaluations) / rows / Double(Self.draws),
      convergence: scores.reduce(0, +) / rows, controlConvergence: theirs.reduce(0, +) / rows,
      difference: Intervals.mean(zip(scores, theirs).map { $0 - $1 }, within: .real)?.interval,
      tail: Quantiles.quantile(0.05, ofSorted: scores.sorted()),
      controlTail: Quantiles.quantile(0.05, ofSorted: drawn.flatMap { $0 }.sorted()),
      tailDifference: tailDifference(scores, drawn))
  }

  /// Percentile bootstrap over prompts of the difference of 5th percentiles (Efron 1979).
  private func tailDifference(_ scores: [Double], _ drawn: [[Double]]) -> ClosedRange<Double> {
    var random = RandomStream(seed: 1, stream: .signalControls)
    var differences: [Double] = []
    for _ in 0..<Self.resamples {
      var ours: [Double] = []
      var theirs: [Double] = []
      for _ in scores.indices {
        let row = random.index(below: scores.count)
        ours.append(scores[row])
        theirs.append(drawn[row][random.index(below: drawn[row].count)])
      }
      ours.sort()
      theirs.sort()
      differences.append(
        Quantiles.quantile(0.05, ofSorted: ours) - Quantiles.quantile(0.05, ofSorted: theirs))
    }
    differences.sort()
    return Quantiles.quantile(
      0.025, ofSorted: differences)...Quantiles.quantile(0.975, ofSorted: differences)
  }
}

extension RandomStreamID {
  /// Step counts of controls, and resamples of prompts.
  static let signalControls = RandomStreamID(rawValue: 500)
}

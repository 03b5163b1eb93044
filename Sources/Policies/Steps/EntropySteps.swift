package import Cluster
private import Foundation
import EventEngine
package import LatentDynamics

/// Entropy step adjustment: a query stops once its latent has told all it will.
///
/// After every n-th step it looks at a signal s (an entropy of the latent, or its change since the last
/// look) and smooths it, y = w s + (1 - w) y. It says that the steps are enough where |y| < t for a
/// change or for the latent's entropy, which falls as the noise goes, and where y > t for the entropy of
/// the predicted clean latent, which rises as details come. t loosens under pressure:
/// t = threshold (1 + slack-weight p + load-weight q), where p = 1 - slack / SLO in 0...2 and q is the
/// number of full batches that wait for each worker (for the rising signal t is divided by that factor).
///
/// The estimator of the entropy (bins and range of the histogram) belongs to the trajectory table: `qosdiff
/// latents generate --bins --range`.
///
/// Source: the idea is QoS-Diff's (MMAsia 2024, its abstract); formula and parameters are Assumed.
package struct EntropySteps: StepPolicy {
  static let entry = PolicyEntry(
    .steps, "entropy",
    summary: "stops a query when the entropy of its latent says that little is left to come",
    reference: "Huo et al., QoS-Diff, MMAsia 2024 (abstract); formula and parameters Assumed",
    parameters: [
      PolicyParameter(
        "signal", .choice(LatentSignal.allCases.map(\.rawValue)),
        default: .choice(LatentSignal.predictedX0Change.rawValue),
        "what is looked at; Assumed: the one that knows most of the error to come"),
      PolicyParameter(
        "threshold", .bits, default: .number(0.02),
        "where the signal says that the steps are enough; Assumed"),
      PolicyParameter(
        "smoothing", .number(0.01...1), default: .number(0.5),
        "weight of the newest look in the smoothed signal; 1 = none; Assumed"),
      PolicyParameter(
        "slack-weight", .number(0...1000), default: .number(1),
        "loosening of the threshold as slack shrinks; Assumed"),
      PolicyParameter(
        "load-weight", .number(0...1000), default: .number(0.5),
        "loosening of the threshold for each full batch that waits per worker; Assumed"),
      PolicyParameter(
        "min", .integer(1...1000), default: .integer(10),
        "fewest evaluations before a stop; Assumed"),
      PolicyParameter(
        "max", .integer(1...1000), default: .integer(1000),
        "most steps a query gets, whatever it asks for"),
      PolicyParameter(
        "every", .integer(1...1000), default: .integer(2),
        "steps between two looks; Assumed"),
      PolicyParameter(
        "quality-floor", .number(0...10), default: .number(0),
        "convergence score that the table's mean prompt must have before a stop; 0 = none; Assumed"),
    ]
  ) { arguments in
    let minimum = arguments.integer("min")
    let maximum = arguments.integer("max")
    guard minimum <= maximum else {
      return .failure(.init("min", "min \(minimum) is above max \(maximum)"))
    }
    let signal = LatentSignal(rawValue: arguments.choice("signal")) ?? .predictedX0Change
    if signal != .predictedX0Change, !arguments.isGiven("threshold") {
      return .failure(
        .init(
          "signal",
          "the default threshold is for 'predicted-x0-change', and '\(signal.rawValue)' has values of another size: give 'threshold'"
        ))
    }
    // Whatever multiplies a threshold of zero: only this signal is divided.
    if arguments.number("threshold") == 0, signal != .predictedX0 {
      for weight in ["slack-weight", "load-weight"]
      where arguments.isGiven(weight) && arguments.number(weight) > 0 {
        return .failure(
          .init(weight, "a threshold of 0 bit is never reached, and loosening it has no effect"))
      }
    }
    return .success(
      .steps(
        EntropySteps(
          signal: signal,
          threshold: arguments.number("threshold"), smoothing: arguments.number("smoothing"),
          slackWeight: arguments.number("slack-weight"),
          loadWeight: arguments.number("load-weight"), minimum: minimum, maximum: maximum,
          every: arguments.integer("every"), qualityFloor: arguments.number("quality-floor"))))
  }

  /// What is looked at.
  package let signal: LatentSignal
  let threshold: Double
  let smoothing: Double
  let slackWeight: Double
  let loadWeight: Double
  var minimum: Int
  let maximum: Int
  let every: Int
  let qualityFloor: Double
  /// The share of a query's steps before which no stop keeps the quality floor.
  private var floorShare = 0.0

  /// A policy from its parameters; `threshold` in bits, `minimum` <= `maximum` evaluations.
  package init(
    signal: LatentSignal, threshold: Double, smoothing: Double = 1, slackWeight: Double = 0,
    loadWeight: Double = 0, minimum: Int = 1, maximum: Int = 1000, every: Int = 1,
    qualityFloor: Double = 0
  ) {
    self.signal = signal
    self.threshold = threshold
    self.smoothing = smoothing
    self.slackWeight = slackWeight
    self.loadWeight = loadWeight
    self.minimum = minimum
    self.maximum = maximum
    self.every = every
    self.qualityFloor = qualityFloor
  }

  /// A probe of the latent after every n-th evaluation.
  package var requirements: StepRequirements {
    StepRequirements(
      probes: ProbeCadence(first: every, every: every, readsLatent: true), predictsSteps: true)
  }

  /// The requested steps, at most the maximum.
  package func predictedSteps(of query: QueryView) -> Int { min(query.requestedSteps, maximum) }

  /// The same.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    StepPlan(evaluations: predictedSteps(of: query))
  }

  /// The rule of the type's description. State: smoothed signal, last entropy, looks so far.
  package func afterStep(
    _ query: QueryView, _ observation: StepObservation, _ state: inout StepState,
    _ context: StepContext
  ) -> StepDecision {
    let seen =
      signal.isPredicted ? observation.predictedEntropyBits : observation.latentEntropyBits
    guard let seen else { return .proceed }
    let probes = state.values[2]
    state.values[2] = probes + 1
    let value = signal.isChange ? abs(seen - state.values[1]) : seen
    state.values[1] = seen
    // The first change needs two looks.
    let first = signal.isChange ? 1.0 : 0
    guard probes >= first else { return .proceed }
    let smoothed =
      probes == first ? value : smoothing * value + (1 - smoothing) * state.values[0]
    state.values[0] = smoothed
    guard observation.evaluationsDone >= minimum,
      Double(observation.evaluationsDone) >= floorShare * Double(predictedSteps(of: query))
    else { return .proceed }
    let loosening = loosening(query, observation, context)
    let isEnough =
      signal == .predictedX0 ? smoothed > threshold / loosening : smoothed < threshold * loosening
    return isEnough ? .finish : .proceed
  }

  /// 1 + slack-weight p + load-weight q.
  private func loosening(
    _ query: QueryView, _ observation: StepObservation, _ context: StepContext
  ) -> Double {
    var loosening = 1 + loadWeight * context.queuedBatchesPerWorker
    let slo = query.deadline - query.arrival
    if slackWeight > 0, slo > .zero {
      let slack = context.slack(of: query, evaluations: observation.evaluationsLeft)
      let pressure = 1 - Double(slack.nanoseconds) / Double(slo.nanoseconds)
      loosening += slackWeight * min(max(pressure, 0), 2)
    }
    return loosening
  }

  /// Finds the first stop of the table whose mean error the quality floor allows; no stop where none does.
  package mutating func prepare(_ setup: StepSetup) {
    guard qualityFloor > 0, let trajectories = setup.trajectories else { return }
    let steps = trajectories.grid.steps
    let first = trajectories.grid.stops.filter { $0 > 0 }.first { stop in
      let path = DenoisingPath(scheduled: steps, done: stop)
      let errors = (0..<trajectories.prompts).map {
        trajectories.error(row: $0, path, setup.finish.ending)
      }
      return -log10(errors.reduce(0, +) / Double(errors.count)) >= qualityFloor
    }
    floorShare = first.map { Double($0) / Double(steps) } ?? .infinity
  }
}

package import Cluster
import EventEngine
package import LatentDynamics

/// An early probe: after a few steps one look at the latent fixes how many evaluations this prompt gets,
/// spread evenly over what is left of the noise range.
///
/// n = few + (many - few) clamp((s - few-at) / (many-at - few-at), 0, 1), rounded, evaluations in all,
/// probe included, cut to what the slack allows but never under `min`. Assumed: ours, not the paper's;
/// few steps chosen early cost less quality than a dense schedule cut short.
package struct EntropyProbe: StepPolicy {
  static let entry = PolicyEntry(
    .steps, "entropy-probe",
    summary: "a look at the latent after a few steps fixes how many evaluations a prompt gets",
    parameters: [
      PolicyParameter(
        "signal", .choice(LatentSignal.allCases.filter { !$0.isChange }.map(\.rawValue)),
        default: .choice(LatentSignal.predictedX0.rawValue),
        "what is looked at; Assumed: the one that knows most at a first step"),
      PolicyParameter(
        "probe", .integer(1...100), default: .integer(5), "evaluations before the look; Assumed"),
      PolicyParameter(
        "few-at", .bits, default: .number(5.7), "signal at which a prompt gets `min`; Assumed"),
      PolicyParameter(
        "many-at", .bits, default: .number(5.1), "signal at which a prompt gets `max`; Assumed"),
      PolicyParameter(
        "min", .integer(2...1000), default: .integer(12), "fewest evaluations in all; Assumed"),
      PolicyParameter(
        "max", .integer(2...1000), default: .integer(30), "most evaluations in all; Assumed"),
    ]
  ) { arguments in
    let minimum = arguments.integer("min")
    let maximum = arguments.integer("max")
    let probe = arguments.integer("probe")
    guard minimum <= maximum else {
      return .failure(.init("min", "min \(minimum) is above max \(maximum)"))
    }
    guard probe < minimum else {
      return .failure(.init("probe", "probe \(probe) is not below min \(minimum)"))
    }
    let few = arguments.number("few-at")
    let many = arguments.number("many-at")
    let signal = LatentSignal(rawValue: arguments.choice("signal")) ?? .predictedX0
    if signal != .predictedX0, !arguments.isGiven("few-at") || !arguments.isGiven("many-at") {
      return .failure(
        .init(
          "signal",
          "the default few-at and many-at are for 'predicted-x0', and '\(signal.rawValue)' has values of another size: give both"
        ))
    }
    guard few != many else { return .failure(.init("few-at", "few-at and many-at are equal")) }
    return .success(
      .steps(
        EntropyProbe(
          signal: signal,
          probe: probe, fewAt: few, manyAt: many, minimum: minimum, maximum: maximum)))
  }

  let signal: LatentSignal
  let probe: Int
  let fewAt: Double
  let manyAt: Double
  let minimum: Int
  let maximum: Int

  /// A policy from its parameters; the signal's values in bits, `probe` < `minimum` <= `maximum`.
  package init(
    signal: LatentSignal = .predictedX0, probe: Int, fewAt: Double, manyAt: Double, minimum: Int,
    maximum: Int
  ) {
    self.signal = signal
    self.probe = probe
    self.fewAt = fewAt
    self.manyAt = manyAt
    self.minimum = minimum
    self.maximum = maximum
  }

  /// One probe, which only says what is left to be done, and how.
  package var requirements: StepRequirements {
    StepRequirements(
      probes: ProbeCadence(first: probe, every: nil, readsLatent: true), endsEarly: false,
      predictsSteps: true)
  }

  /// The requested steps, at most the maximum, which the probe leaves it.
  package func predictedSteps(of query: QueryView) -> Int { min(query.requestedSteps, maximum) }

  /// The requested steps, until the probe.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    StepPlan(evaluations: query.requestedSteps)
  }

  /// The formula of the type's description.
  package func afterStep(
    _ query: QueryView, _ observation: StepObservation, _ state: inout StepState,
    _ context: StepContext
  ) -> StepDecision {
    let seen =
      signal.isPredicted ? observation.predictedEntropyBits : observation.latentEntropyBits
    guard let seen else { return .proceed }
    let share = min(max((seen - fewAt) / (manyAt - fewAt), 0), 1)
    var evaluations = Double(minimum) + Double(maximum - minimum) * share
    if context.evaluationTime > .zero {
      let budget = context.slack(of: query, evaluations: 0).nanoseconds
      let inTime = Double(budget) / Double(context.evaluationTime.nanoseconds)
      evaluations = max(min(evaluations, inTime + Double(probe)), Double(minimum))
    }
    let remaining = Int(evaluations.rounded()) - probe
    return remaining < observation.evaluationsLeft ? .respace(remaining: remaining) : .proceed
  }
}

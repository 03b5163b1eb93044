package import Cluster
package import EventEngine

/// Fewer steps for everybody as the cluster fills.
///
/// n = requested - (requested - min) x clamp((u - low) / (high - low), 0, 1), to the nearest step, where u is the
/// utilisation of the active accelerators over a window; at least `min`, or the requested steps where those are fewer.
/// Assumed: ours, a control for policies that look at the query or its latent: this one knows the load alone.
package struct LoadSteps: StepPolicy {
  static let entry = PolicyEntry(
    .steps, "load",
    summary: "fewer steps for every query as the accelerators' utilisation rises",
    parameters: [
      PolicyParameter(
        "min", .integer(1...1000), default: .integer(20), "steps at full load; Assumed"),
      PolicyParameter(
        "low", .number(0...1), default: .number(0.6),
        "utilisation up to which queries get the steps that they ask for; Assumed"),
      PolicyParameter(
        "high", .number(0...1), default: .number(0.95),
        "utilisation from which on they get `min`; Assumed"),
      PolicyParameter(
        "window", .duration, default: .duration(SimulationDuration(seconds: 60)),
        "over which the utilisation is taken; Assumed"),
    ]
  ) { arguments in
    let low = arguments.number("low")
    let high = arguments.number("high")
    guard low < high else {
      return .failure(.init("low", "low \(low) is not below high \(high)"))
    }
    let window = arguments.duration("window")
    guard window > .zero else { return .failure(.init("window", "a window of no time")) }
    return .success(
      .steps(
        LoadSteps(minimum: arguments.integer("min"), low: low, high: high, window: window)))
  }

  let minimum: Int
  let low: Double
  let high: Double
  let window: SimulationDuration

  /// A policy from its parameters; `low` < `high`, both in 0...1, and a window longer than zero.
  package init(minimum: Int, low: Double, high: Double, window: SimulationDuration) {
    self.minimum = minimum
    self.low = low
    self.high = high
    self.window = window
  }

  /// The load.
  package var requirements: StepRequirements { StepRequirements(loadWindow: window) }

  /// The formula of the type's description.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    let utilisation = context.load?.utilisation ?? 0
    let share = min(max((utilisation - low) / (high - low), 0), 1)
    let cut = Double(query.requestedSteps - minimum) * share
    return StepPlan(evaluations: query.requestedSteps - max(Int(cut.rounded()), 0))
  }
}

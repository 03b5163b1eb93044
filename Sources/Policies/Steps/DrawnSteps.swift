package import Cluster
import EventEngine

/// Steps that ignore the latent: each prompt stops after a number drawn from a list. The control that
/// an entropy policy must beat at the same mean.
///
/// Not in the registry: its list comes from a run of the policy that it is a control of.
package struct DrawnSteps: StepPolicy {
  /// How a query leaves its schedule.
  package enum Departure: Hashable, Sendable {
    /// It stops after the number drawn, and finishes as its policy set says.
    case stop
    /// After so many evaluations it covers the rest of the range in what is left of the number drawn.
    case respace(after: Int)
  }

  let numbers: [Int]
  let departure: Departure
  let salt: UInt64

  /// Draws from `numbers`, all equally likely, by prompt and `salt`; a number of at least the
  /// requested steps keeps the schedule.
  package init(_ numbers: [Int], departure: Departure, salt: UInt64) {
    precondition(!numbers.isEmpty, "nothing to draw from")
    self.numbers = numbers
    self.departure = departure
    self.salt = salt
  }

  /// A probe whenever a query may have reached its number.
  package var requirements: StepRequirements {
    switch departure {
    case .stop: StepRequirements(probes: ProbeCadence())
    case .respace(let after): StepRequirements(probes: ProbeCadence(first: after, every: nil))
    }
  }

  /// The requested steps.
  package func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    StepPlan(evaluations: query.requestedSteps)
  }

  /// Leaves the schedule at the number drawn.
  package func afterStep(
    _ query: QueryView, _ observation: StepObservation, _ state: inout StepState,
    _ context: StepContext
  ) -> StepDecision {
    let number = number(promptSeed: query.promptSeed)
    guard number < query.requestedSteps else { return .proceed }
    switch departure {
    case .stop: return observation.evaluationsDone >= number ? .finish : .proceed
    case .respace(let after): return .respace(remaining: max(number - after, 1))
    }
  }

  /// The number that a prompt draws.
  package func number(promptSeed: UInt64) -> Int {
    var random = RandomStream(seed: promptSeed, stream: .drawnSteps, entity: salt)
    return numbers[random.index(below: numbers.count)]
  }
}

extension RandomStreamID {
  /// Step counts drawn for controls.
  static let drawnSteps = RandomStreamID(rawValue: 400)
}

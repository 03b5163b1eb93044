import Experiments
import Cluster
import Diagnostics
import EventEngine
import Policies
import Results
import Scenarios
import Workload

/// Controls of an entropy policy at its own realised mean number of evaluations: does it matter WHICH
/// prompts get more steps?
///
/// `NAME/fixed` gives every prompt the mean (the two whole numbers around it, in proportion, by a draw
/// that ignores the latent); `NAME/random` draws from the policy's own distribution. Both finish as the
/// policy does, and pay for no look.
struct ControlPolicies {
  let experiment: Experiment
  let policy: PolicySet
  /// Evaluations at which queries left their schedule, sorted; the requested steps where they did not.
  let numbers: [Int]
  let departure: DrawnSteps.Departure
  /// What all would have to leave the schedule at for the policy's mean number of evaluations.
  let mean: Double

  init(_ experiment: Experiment, of name: String) {
    self.experiment = experiment
    let index = experiment.policies.firstIndex { $0.name == name } ?? 0
    policy = experiment.policies[index]
    var numbers: [Int] = []
    var total = 0.0
    let probe = policy.steps.requirements.probes.flatMap { $0.every == nil ? $0.first : nil }
    for replication in 0..<experiment.replications {
      let recorder = experiment.simulate(policy: index, replication: replication)
      for record in recorder.records where record.outcome == .completed {
        let evaluations = Int(record.evaluations.rounded())
        total += record.evaluations
        numbers.append(
          probe != nil || evaluations >= record.query.steps
            ? evaluations : evaluations - policy.finish.evaluations)
      }
    }
    self.numbers = numbers.isEmpty ? [1] : numbers.sorted()
    let after = probe == nil ? policy.finish.evaluations : 0
    mean = max(total / Double(max(numbers.count, 1)) - Double(after), 1)
    departure = probe.map { .respace(after: $0) } ?? .stop
  }

  /// The baseline, the policy and its controls.
  func experiment(at point: ExperimentPoint) throws(InputError) -> Experiment {
    var scenario = experiment.scenario
    var point = point
    point.controlsOf = policy.name
    // The baseline stays: capacity, and with it the load, and deadlines are its.
    let baseline = experiment.policies[0].name
    // So many of a thousand get one more that the mean comes out.
    let low = Int(mean)
    let more = Int((1000 * (mean - mean.rounded(.down))).rounded())
    let fixed = (0..<1000).map { $0 < more ? low + 1 : low }
    // A sample of a thousand quantiles: what draws need, whatever the number of queries.
    let random = (0..<1000).map { numbers[($0 * 2 + 1) * numbers.count / 2000] }
    var controls: [PolicySet] = [policy]
    for (suffix, list, salt) in [("fixed", fixed, UInt64(1)), ("random", random, 2)] {
      var control = policy
      control.name = "\(policy.name)/\(suffix)"
      control.steps = DrawnSteps(list, departure: departure, salt: salt)
      controls.append(control)
    }
    scenario.policies += controls.dropFirst()
    return try Experiment(
      scenario, at: point, policies: controls.map(\.name), baseline: baseline,
      replications: experiment.replications)
  }
}

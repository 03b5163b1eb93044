import Cluster
import EventEngine
import Policies
import Testing
import Workload

/// What is left out where nobody asks for it must not be missed: runs are told span by span as on the plain path.
@Suite struct PlainPathTests {
  /// Accepts whatever it is shown, but must be asked: so the cluster is shown at every arrival.
  struct Asked: Admission {
    func admit(_ query: QueryView, _ cluster: ClusterView) -> AdmissionDecision {
      // Copies of all views, as a policy may make them.
      cluster.workers.allSatisfy { $0.runningImages >= 0 } ? .accept : .drop(.refused)
    }
  }

  /// Says that it decides after decoding, and completes everything.
  struct Hesitant: StepPolicy {
    var own: any StepPolicy
    var requirements: StepRequirements {
      var requirements = own.requirements
      requirements.decidesAfterDecode = true
      return requirements
    }
    func predictedSteps(of query: QueryView) -> Int { own.predictedSteps(of: query) }
    mutating func tune(_ parameter: String, to value: Double) { own.tune(parameter, to: value) }
    mutating func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
      own.plan(query, context)
    }
    mutating func afterStep(
      _ query: QueryView, _ observation: StepObservation, _ state: inout StepState,
      _ context: StepContext
    ) -> StepDecision { own.afterStep(query, observation, &state, context) }
  }

  @Test func shortcutsChangeNothing() throws {
    var compared = 0
    for drawn in try PropertyTests.scenarios(0..<2) {
      var scenario = drawn
      try scenario.set(.named(.admission, "all"))
      let run = try scenario.run()
      var policy = try scenario.policy()
      policy.admission = Asked()
      if !policy.steps.requirements.decidesAfterDecode {
        policy.steps = Hesitant(own: policy.steps)
        compared += 1
      }
      // One after the other, as an experiment makes them.
      let queries = scenario.queries
      let stream = QueryStream(models: scenario.models) {
        var next = 0
        return AnyIterator {
          defer { next += 1 }
          return next < queries.count ? queries[next] : nil
        }
      }
      // Nothing is let go, either.
      let plain = try simulate(
        stream, on: scenario.cluster, under: policy, seed: scenario.seed, keepsEnded: true)
      #expect(plain == run, "\(scenario.testDescription)")
    }
    #expect(compared > 40)
  }

  /// Sends every other query's parts back once, for the same model.
  struct Returning: StepPolicy {
    var requirements: StepRequirements { StepRequirements(decidesAfterDecode: true) }
    func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
      StepPlan(evaluations: query.requestedSteps)
    }
    func afterDecode(_ query: QueryView, _ context: StepContext) -> DecodeDecision {
      query.resubmissions == 0 && query.id.rawValue % 2 == 0
        ? .resubmit(query.model) : .complete
    }
  }

  /// Queries that lost a part to a failure leave others on healthy nodes, which may come back to a queue: the hardest
  /// case for letting queries go.
  @Test(arguments: [QueueBinding.central, .perWorker(stealing: false)], [false, true])
  func lettingGoChangesNothing(binding: QueueBinding, isStatic: Bool) throws {
    var cluster = syntheticCluster(binding, nodes: 4)
    for index in cluster.nodes.indices {
      cluster.nodes[index].failures = .random(
        meanTimeBetween: SimulationDuration(seconds: 0.7),
        meanRepair: SimulationDuration(seconds: 0.1))
    }
    for seed in UInt64(0)..<20 {
      let stream = randomStream(150, seed: seed, meanGap: 0.04)
      for returns in [false, true] {
        var policy = try policySet([
          .named(.batching, isStatic ? "static" : "continuous"), .named(.recovery, "drop"),
          .named(.dispatcher, "least-work-left"),
        ])
        policy.discipline = EarliestDeadlineFirst(Preemption(isOn: true, margin: 0))
        if returns { policy.steps = Returning() }
        let run = try simulate(stream, on: cluster, under: policy, seed: seed)
        let kept = try simulate(stream, on: cluster, under: policy, seed: seed, keepsEnded: true)
        #expect(run == kept, "seed \(seed), returning: \(returns)")
        #expect(run.records.contains { $0.outcome == .dropped(.lostToFailure) && $0.parts > 1 })
      }
    }
  }
}

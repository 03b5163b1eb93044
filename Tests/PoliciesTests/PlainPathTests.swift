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
    let own: any StepPolicy
    var looks: LookCadence? { own.looks }
    var mostAccelerators: Int { own.mostAccelerators }
    var firstModel: ModelID? { own.firstModel }
    var models: [String] { own.models }
    var decidesAfterDecode: Bool { true }
    func plan(_ query: QueryView, _ context: StepContext) -> StepPlan { own.plan(query, context) }
    func afterStep(
      _ query: QueryView, _ observation: StepObservation, _ state: inout StepState,
      _ context: StepContext
    ) -> StepDecision { own.afterStep(query, observation, &state, context) }
  }

  @Test func shortcutsChangeNothing() throws {
    var compared = 0
    for seed in UInt64(0)..<120 {
      var scenario = try PropertyTests.scenario(seed)
      try scenario.set(.named(.admission, "all"))
      let run = try scenario.run()
      var policy = try scenario.policy()
      policy.admission = Asked()
      if !policy.steps.decidesAfterDecode {
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
      let plain = try simulate(stream, on: scenario.cluster, under: policy, seed: scenario.seed)
      #expect(plain == run, "\(scenario.testDescription)")
    }
    #expect(compared > 40)
  }
}

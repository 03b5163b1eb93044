import Cluster
import Results
import Testing
import Workload

@testable import Experiments

/// Policies that plan count on what the scenario's queries ask for, where they are not told otherwise.
@Suite struct PlannedQueriesTests {
  /// More than two accelerators can do in 50 steps each.
  private static let busy = [
    "workload.arrivals.poisson.rate=3 query/s", "workload.queries=150",
    "policies.p.batching.static.images=8",
  ]

  private func evaluations(_ settings: [String]) async throws -> [Double] {
    let experiment = try await SettingEffectTests.experiment(Self.busy + settings)
    return experiment.simulate(policy: 0, replication: 0).records
      .sorted { $0.query.id < $1.query.id }.map(\.evaluations)
  }

  @Test(arguments: ["accuracy-scaling", "prompt-approximation"])
  func thePlannedObjectiveIsTheQueries(_ steps: String) async throws {
    let plan = "policies.p.steps.\(steps).every=5 s"
    let tight = try await evaluations(["query.slo={time: 1 s}", plan])
    let loose = try await evaluations(["query.slo={time: 20 s}", plan])
    #expect(tight != loose)
    // As if it had been written there.
    let own = "policies.p.steps.\(steps).slo=20 s"
    #expect(try await evaluations(["query.slo={time: 20 s}", plan, own]) == loose)
    // What is written there holds.
    let other = try await evaluations(["query.slo={time: 1 s}", plan, own])
    #expect(other == loose)
  }

  /// Objectives of classes are the queries', too.
  @Test func objectivesOfClassesCount() async throws {
    let classes = [
      "workload.mix.classes={a: 1, b: 0}", "classes={a: {slo: {time: 20 s}}}",
      "query.slo={time: 1 s}",
    ]
    let plan = "policies.p.steps.accuracy-scaling.every=5 s"
    #expect(
      try await evaluations(classes + [plan]) == evaluations(["query.slo={time: 20 s}", plan]))
  }

  @Test func theHeavyModelIsTheOneAskedFor() async throws {
    let settings = [
      "latents=none", "model=own", "cluster.nodes.gpu.accelerators.count=4",
      "models={own: {latency_of: sd15}, sd-turbo: {guidance: false}}", "query.steps=30",
      "policies.p.steps.diffserve.every=2 s",
    ]
    let said = ["policies.p.steps.diffserve={heavy: own, heavy-steps: 30, every: 2 s}"]
    let followed = try await evaluations(settings)
    #expect(try await evaluations(settings + said) == followed)
    // One step of the light model, and for some prompts 30 of their own.
    #expect(Set(followed).subtracting([0]) == [1, 31])
  }

  /// Nobody asks for the scenario's model: plans are made for the one that is asked for.
  @Test(arguments: ["accuracy-scaling", "prompt-approximation"])
  func plansAreForTheModelThatIsAskedFor(_ steps: String) async throws {
    let plan = "policies.p.steps.\(steps).every=5 s"
    let renamed = try await evaluations([
      "workload.mix.models={twin: 1}", "models={twin: {latency_of: sd15}}", plan,
    ])
    #expect(try await evaluations([plan]) == renamed)
  }

  /// Levels above what queries ask for are planned as what they get.
  @Test func levelsEndAtTheStepsAskedFor() async throws {
    let plan = "policies.p.steps.accuracy-scaling={every: 5 s, levels: [10, 20, 50]}"
    let cut = "policies.p.steps.accuracy-scaling={every: 5 s, levels: [10, 20]}"
    #expect(
      try await evaluations(["query.steps=20", plan]) == evaluations(["query.steps=20", cut]))
  }
}

@testable import Sweeps
import Diagnostics
import Foundation
import Results
import Testing

@testable import Experiments
@testable import Scenarios

/// Settings that have no effect in a scenario are refused or noted: each of these was once taken without a word.
@Suite struct IdleSettingTests {
  /// What is set on the scenario of SettingEffectTests, and what is said to be idle there; a located fault, or a note.
  struct Case: Sendable, CustomTestStringConvertible {
    var settings: [String]
    var told: String
    var testDescription: String { "\(settings.last ?? ""): \(told)" }

    init(_ settings: String..., told: String) {
      self.settings = settings
      self.told = told
    }
  }

  private static let trace = "workload={trace: TRACE}"
  private static let own = "models={x: {latency_of: sd15}, y: {latency_of: sd15}}"
  private static let plain = "latents=none"
  private static let synthetic =
    "cluster.nodes=[{name: gpu, accelerators: {count: 2, synthetic: {denoise: {deterministic: 20 ms}}}}]"
  private static let twoClasses = "workload.mix.classes={a: 1, b: 1}"

  static let refused: [Case] = [
    Case(trace, "workload.queries=5", told: "the trace says which queries arrive"),
    Case(trace, "workload.duration=5 s", told: "the trace says which queries arrive"),
    Case(trace, "workload.mix.steps={20: 1}", told: "the trace says what its queries ask for"),
    Case("workload.rate_scale=2", told: "these arrivals are generated"),
    Case("workload.load_by=time", told: "generated arrivals reach a load by their rate"),
    Case("workload.format=gentd26", told: "these arrivals are generated"),
    Case("workload.published=here", told: "these arrivals are generated"),
    Case("workload.include_failed=true", told: "these arrivals are generated"),
    Case("workload.models=scenario", told: "these arrivals are generated"),
    Case("workload.steps=scenario", told: "these arrivals are generated"),
    Case("workload.slo=scenario", told: "these arrivals are generated"),
    Case("workload.mix.steps={20: 1}", "query.steps=30", told: "workload.mix.steps says it"),
    Case("workload.mix.images={2: 1}", "query.images=3", told: "workload.mix.images says it"),
    Case("models.sd15.weights=2 GB", told: "no node's accelerators have a 'memory'"),
    Case("models.sd15.activations=2 GB", told: "no node's accelerators have a 'memory'"),
    Case("query.guidance=false", "models.sd15.guidance=true", told: "query.guidance is false"),
    Case("run.most_replications=9", told: "there is none"),
    Case(
      synthetic, "cluster.nodes.gpu.cpu.cores=4", "cluster.nodes.gpu.cpu.tasks.post-process=2",
      told: "this CPU pool has no times"),
    Case(
      "query.slo={time: 5 s}", "experiment={loads: [0.8], slo_scales: [3]}",
      told: "this objective is a time"),
    Case(
      "query.slo={drawn: {exponential: {mean: 5 s}}}", "experiment={loads: [0.8]}",
      told: "this objective is drawn"),
    Case("experiment={loads: [0.8], claims: [p]}", told: "'p' is the baseline"),
    Case(
      "policies.q={extends: p, dispatcher: random}", "experiment={loads: [0.6], claims: [q]}",
      told: "no claim is judged at these loads"),
    Case(
      "policies.q={extends: p, dispatcher: random}",
      "experiment={loads: [0.8], slo_scales: [2, 4], claims: [q]}", told: "not among these"),
    Case(
      "policies.q={extends: p, steps: entropy}", "experiment={loads: [0.6], controls: [q]}",
      told: "none of these is among the points"),
    Case("experiment={loads: [0.8], controls: [p]}", told: "'p' looks at no latent"),
    Case(plain, "experiment={loads: [0.8], controls: [p]}", told: "give 'latents'"),
    Case("policies.p.steps.entropy.signal=latent", told: "give 'threshold'"),
    Case("policies.p.steps.entropy-probe.signal=latent", told: "give both"),
    Case("policies.p.steps.entropy={threshold: 0 bit, slack-weight: 2}", told: "no effect"),
    Case(
      "policies.p.steps.round-parallel={accelerators: 3, elastic: no}",
      "cluster.nodes.gpu.accelerators.count=4", told: "3 are never used"),
    Case("policies.p.steps.round-parallel={accelerators: 1, round: 3}", told: "no effect"),
    Case("policies.p.discipline.edf.margin=1 s", told: "no effect"),
    Case("policies.p.batching.static={images: 1, wait: 1 s}", told: "no effect"),
    Case("policies.p.steps.accuracy-scaling.levels=[50, 10]", told: "must rise"),
    Case("policies.p.steps.accuracy-scaling.levels=[10, 10]", told: "must rise"),
    Case(
      "policies.p.scaling.scheduled.plan=[{at: 9 s, accelerators: 1}, {at: 9 s, accelerators: 2}]",
      told: "must rise"),
    Case("policies.q={extends: p, without: [finish]}", told: "no effect"),
    Case("policies.q={preset: nirvana, steps: fixed}", told: "the preset has no effect"),
    Case("policies.p.steps={approximate-caching: {capacity: 5}}", told: "none comes back"),
    Case(
      "policies.p.steps=diffserve", "cluster.nodes.gpu.accelerators.count=1",
      "models={sd-turbo: {guidance: false}}", told: "it would never plan"),
    Case(
      "policies.p.steps=accuracy-scaling",
      plain.replacing("none", with: "../Tests/CommandLineTests/Fixtures/small.table"),
      "cluster.nodes=[{name: a, stages: [encode, denoise], accelerators: {profile: Profiles/a100-diffserve.json}}, {name: b, stages: [decode], accelerators: {profile: Profiles/a100-diffserve.json}}]",
      told: "these have pools of their own"),
    Case(
      "cluster.nodes=[{name: a, stages: [encode, denoise], accelerators: {synthetic: {denoise: {deterministic: 1 s}, decode: {deterministic: 1 s}}}}, {name: b, stages: [decode], accelerators: {synthetic: {decode: {deterministic: 1 s}}}}]",
      plain, told: "'decode' is not among the node's stages"),
  ]

  @Test(arguments: refused) func theTextAloneIsRefused(_ one: Case) async throws {
    let error = await #expect(throws: InputError.self) {
      _ = try await SettingEffectTests.outcome(one.settings)
    }
    let lines = (error?.diagnostics ?? []).map(\.description)
    #expect(lines.contains { $0.contains(one.told) }, "\(lines)")
    #expect(error?.diagnostics.allSatisfy { $0.location != nil } ?? false)
  }

  /// By the path that is named.
  static let noted: [Case] = [
    Case(plain, own, trace, "query.steps=30", told: "query.steps"),
    Case(plain, own, trace, "query.slo.scale=9", told: "query.slo"),
    Case(plain, own, trace, "model=sd15", told: "model"),
    Case(plain, own, trace, "workload.load_by=superpose", told: "workload.load_by"),
    Case(plain, own, trace, "workload.include_failed=true", told: "workload.include_failed"),
    Case(
      plain, own, trace, "workload.load=0.5", "workload.rate_scale=2", told: "workload.rate_scale"),
    Case(
      plain, "workload={trace: GENTD26, models: scenario}", "query.images=3",
      told: "query.images"),
    Case(
      plain, "workload={trace: GENTD26, models: scenario}", "workload.slo=scenario",
      told: "workload.slo"),
    Case(plain, "workload.mix.sizes={512x512: 1}", "query.size=768x768", told: "query.size"),
    Case(
      plain, "models={sd-turbo: {guidance: false}}", "workload.mix.models={sd-turbo: 1}",
      "model=sdxl", told: "model"),
    Case(
      twoClasses, "classes={a: {slo: {time: 9 s}}, b: {slo: {time: 3 s}}}", "query.slo.scale=9",
      told: "query.slo"),
    Case(twoClasses, "classes={a: {priority: 1}}", told: "classes.a.priority"),
    Case("workload.mix.classes={a: 1, b: 0}", "classes={b: {slo: {time: 9 s}}}", told: "classes.b"),
    Case("workload.duration=9000 s", told: "workload.duration"),
    Case("workload.duration=20 s", "workload.queries=9000", told: "workload.queries"),
    Case(plain, "workload.mix.prompts={count: 5}", told: "workload.mix.prompts"),
    Case(plain, synthetic, "query.guidance=false", told: "query.guidance"),
    Case(
      plain, "models.sd15={guidance: false}",
      "cluster.nodes.gpu.accelerators.profile=Profiles/cpu-socket-64.json",
      "query.guidance=true", told: "query.guidance"),
    Case(
      plain, "workload={trace: GENTD26, models: scenario}", "workload.slo=trace",
      told: "workload.slo"),
    Case(plain, synthetic, "models.sd15.latency_of=sdxl", told: "models.sd15.latency_of"),
    Case(plain, synthetic, "models.sd15.guidance=false", told: "models.sd15.guidance"),
    Case("models={sd15: {}, other: {latency_of: sd15}}", told: "models.other"),
    Case("quality.margin=0.1", told: "quality.margin"),
    Case("quality.reference_steps=30", told: "quality.reference_steps"),
    Case(plain, "quality.floor=0.8", told: "quality.floor"),
    Case("cluster.nodes.gpu.cpu.tasks.decode=2", told: "cluster.nodes.0.cpu.tasks.decode"),
    Case(
      "cluster.nodes.gpu.accelerators.startup=9 s", told: "cluster.nodes.0.accelerators.startup"),
    Case(
      plain, synthetic, "cluster.nodes.gpu.link={bandwidth: 1 GB/s}", told: "cluster.nodes.0.link"),
    Case(plain, synthetic, "cluster.nodes.gpu.cpu={cores: 3}", told: "cluster.nodes.0.cpu.cores"),
    Case("cluster.parallelism={2: 1.5}", told: "cluster.parallelism"),
    Case(
      "cluster.nodes.gpu.accelerators.count=1", "cluster.queue={per-worker: {stealing: true}}",
      told: "cluster.queue.per-worker.stealing"),
    Case(
      "cluster.nodes.gpu.accelerators.count=1", "policies.p.dispatcher=random",
      told: "policies.p.dispatcher"),
    Case("cluster.queue=central", "policies.p.dispatcher=random", told: "policies.p.dispatcher"),
    Case("policies.p.finish=jump", told: "policies.p.finish"),
    Case("policies.p.recovery=drop", told: "policies.p.recovery"),
    Case(
      "policies.p.discipline={priority: {preempt: between-steps}}",
      told: "policies.p.discipline.priority"),
    Case(
      plain, synthetic, "policies.p.pipelining={cpu-gpu: {buffer: 3}}",
      told: "policies.p.pipelining"),
    Case(plain, synthetic, "policies.p.placement.encode=cpu", told: "policies.p.placement.encode"),
  ]

  @Test(arguments: noted) func whatDependsOnTheRestIsNoted(_ one: Case) async throws {
    let experiment = try await SettingEffectTests.experiment(one.settings)
    #expect(
      experiment.idleSettings.contains { $0.path == one.told }, "\(experiment.idleSettings)")
    // Readers of the results are told, too.
    #expect(
      experiment.stored().notes.contains {
        if case .noEffect(one.told, _) = $0 { true } else { false }
      })
    // And it is true: without the last setting the same comes out.
    let with = try await SettingEffectTests.outcome(one.settings)
    let without = try await SettingEffectTests.outcome(Array(one.settings.dropLast()))
    #expect(with == without, "\(one.told) has an effect")
  }

  @Test(arguments: [
    "policies.p.steps.accuracy-scaling.every=9000 s", "policies.p.scaling.reactive.every=9000 s",
  ]) func aPlannerThatNeverPlansIsNoted(_ setting: String) async throws {
    let scenario = try SettingEffectTests.scenario([setting])
    let outcome = try await ExperimentRunner(Experiment(scenario)).run(into: nil)
    #expect(
      outcome.experiment.notes.contains(.neverPlans(policy: "p", firstSeconds: 9000)))
  }

  /// And nothing else is: of the pairs that give two results, none names the setting that makes the difference.
  @Test(arguments: SettingEffectTests.pairs)
  func whatHasAnEffectIsNotNoted(_ pair: SettingEffectTests.Pair) async throws {
    for value in pair.values {
      let experiment = try await SettingEffectTests.experiment(
        pair.settings + ["\(pair.path)=\(value)"])
      #expect(!experiment.idleSettings.contains { $0.path == pair.path }, "\(pair.path)=\(value)")
    }
  }

  @Test func anExperimentTakesThePlaceOfOtherSettings() throws {
    let grid = try #require(
      ExperimentGrid(
        SettingEffectTests.scenario([
          "policies.q={extends: p, dispatcher: random}", "workload.load=0.3", "query.slo.scale=9",
          "experiment={loads: [0.8], slo_scales: [3], claims: [q], workloads: {w: {arrivals: {poisson: {rate: 1 query/s}}, queries: 9, load: 2}}}",
        ])))
    let paths = Set(grid.idleSettings(policies: ["p"]).map(\.path))
    #expect(
      paths == [
        "workload", "workload.load", "experiment.workloads.w.load", "query.slo",
        "experiment.claims.0",
      ])
  }

  @Test func policiesAndPointsThatGiveTheSameAreNamed() async throws {
    let scenario = try SettingEffectTests.scenario([
      "policies.q={extends: p, finish: jump}",
      "policies.r={extends: p, batching: {static: {images: 8}}}",
    ])
    let outcome = try await ExperimentRunner(Experiment(scenario)).run(into: nil)
    #expect(
      outcome.experiment.notes.contains(
        .sameFigures(policy: "q", other: "p", change: "finish: jump")))
    #expect(!outcome.experiment.notes.contains { $0.subject == .policy("r") })
    let folder = NSTemporaryDirectory() + "/same-" + UUID().uuidString + ".sqlite"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let points = try [("jump", 1), ("none", 1), ("jump", 2), ("none", 2)].map { finish, seed in
      let overrides = ["policies.p.finish=\(finish)", "run.seed=\(seed)"]
      return (overrides, try SettingEffectTests.scenario(overrides))
    }
    let sweep = try await SweepRunner(SweepPlan(points)).run(
      into: ResultStore(creatingAt: folder))
    #expect(
      sweep.sameness == [
        SweepSameness(path: "policies.p.finish", values: ["jump", "none"], isComplete: true)
      ])
  }
}

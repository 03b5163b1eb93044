@testable import Sweeps
import Cluster
import Diagnostics
import EventEngine
import Foundation
import LatencyProfiles
import Policies
import Results
import Testing
import Workload

@testable import Experiments
@testable import Scenarios

/// Every setting of a scenario matters somewhere: two values of each give different results. Where a setting has no effect,
/// IdleSettingTests want it told.
@Suite struct SettingEffectTests {
  /// Two accelerators of one node, SD 1.5 in 50 steps, arrivals near capacity.
  static let base = """
    name: base
    model: sd15
    query: { slo: { scale: 3 } }
    workload: { arrivals: { poisson: { rate: 1.2 query/s } }, queries: 80 }
    latents: ../Tests/CommandLineTests/Fixtures/small.table
    cluster:
      nodes:
        - name: gpu
          accelerators: { count: 2, profile: Profiles/a100-diffserve.json }
          cpu: { cores: 4, profile: Profiles/epyc-zen5-core.json }
          link: { bandwidth: 25 GB/s, latency: 10 us }
    policies: { p: { steps: fixed } }
    run: { seed: 1, replications: 1 }
    """

  /// Files that pairs name, by the word that stands for them.
  static let files = [
    "TRACE": (0..<40).map {
      "\(Double($0 * $0) / 40),\($0 % 2 == 0 ? 20 : 40),\($0 % 2 == 0 ? "x" : "y"),\(1 + $0 % 7)"
    }.reduce("arrival_s,steps,model,slo_s") { $0 + "\n" + $1 } + "\n",
    "OTHER": "arrival_s,steps,model,slo_s\n0,20,x,3\n1,20,y,4\n",
    "GENTD26": """
    gmt_create,predict_type,predict_status,exec_time_seconds,groupId,num_images_per_prompt,num_inference_steps,\
    checkpoint_model_version_id
    2024-02-29 00:00:00,TXT_2_IMG,SUCCEED,32.0,G0,1.0,30.0,M7
    2024-02-29 00:00:04,TXT_2_IMG,FAILED,10.0,G0,2.0,40.0,M7
    2024-02-29 00:00:09,TXT_2_IMG,SUCCEED,10.0,G0,1.0,20.0,M7

    """,
  ]

  struct Pair: Sendable, CustomTestStringConvertible {
    var path: String
    var values: [String]
    var settings: [String]
    var testDescription: String { "\(path) = \(values.joined(separator: " or "))" }
  }

  /// The rows of SettingPairs.tsv.
  static let pairs: [Pair] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "SettingPairs.tsv")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    var named: [String: [String]] = [:]
    func settings(_ text: String) -> [String] {
      text.components(separatedBy: " ;; ").filter { !$0.isEmpty }.flatMap {
        $0.hasPrefix("@") ? named[String($0.dropFirst())] ?? ["no such settings: \($0)"] : [$0]
      }
    }
    var pairs: [Pair] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let cells = line.components(separatedBy: "\t")
      if cells[0].hasPrefix("@") {
        named[String(cells[0].dropFirst())] = settings(cells[1])
      } else {
        pairs.append(
          Pair(path: cells[0], values: [cells[1], cells[2]], settings: settings(cells[3])))
      }
    }
    return pairs
  }()

  /// The scenario with settings, in which words stand for files of a folder.
  static func scenario(_ settings: [String], filesIn folder: String = "") throws -> Scenario {
    try Support.scenario(
      text: base,
      settings.map { setting in
        files.keys.reduce(setting) { text, name in
          text.replacingOccurrences(
            of: "\\b\(name)\\b", with: "\(folder)/\(name).csv", options: .regularExpression)
        }
      })
  }

  private static func inFolder<Result>(_ body: (String) async throws -> Result) async throws
    -> Result
  {
    let folder = NSTemporaryDirectory() + "/settings-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, text) in files {
      try text.write(toFile: "\(folder)/\(name).csv", atomically: true, encoding: .utf8)
    }
    return try await body(folder)
  }

  /// The experiment of the scenario with settings, its trace read.
  static func experiment(_ settings: [String]) async throws -> Experiment {
    try await inFolder { try Experiment(scenario(settings, filesIn: $0)) }
  }

  /// What a scenario's experiment gives, but for what is said about it.
  static func outcome(_ settings: [String]) async throws -> String {
    try await inFolder { folder in
      let scenario = try scenario(settings, filesIn: folder)
      guard let grid = ExperimentGrid(scenario) else {
        return try await text(of: Experiment(scenario))
      }
      try grid.check()
      let outcome = try await GridRunner(grid).run(
        into: ResultStore(creatingAt: "\(folder)/r.sqlite"))
      // By place and policy: what is set is no part of what comes out.
      let points = (outcome.comparisons + outcome.controls).map {
        "\($0.experiment.point.map { "\($0)" } ?? "") \(Self.text($0))"
      }
      return points.joined() + outcome.claims.map { "\($0.policy) \($0.verdict)" }.joined()
    }
  }

  private static func text(of experiment: Experiment) async throws -> String {
    let outcome = try await ExperimentRunner(experiment).run(into: nil)
    var hash = ContentHash()
    let order = experiment.policies.indices.sorted {
      experiment.policies[$0].name < experiment.policies[$1].name
    }
    for index in experiment.policies.indices {
      // In the order of names, as below.
      let index = order[index]
      for record in experiment.simulate(policy: index, replication: 0).records {
        // What is done with a query, not what it is called.
        var record = record
        record.query.priority = 0
        record.query.promptSeed = 0
        hash.add("\(record)")
      }
    }
    return "\(text(outcome)) \(hash.hex)"
  }

  /// The metrics of each policy, in the order of their names.
  private static func text(_ outcome: ExperimentOutcome) -> String {
    zip(outcome.policies, outcome.metrics).sorted { $0.0 < $1.0 }.map { "\($0) \($1)" }.joined()
  }

  /// What two values are held against tells what comes out, and not what was set: settings of no account give the same.
  @Test(arguments: [
    ["quality.floor=0.5"], ["run.replications=2", "experiment={loads: [0.8]}"],
    ["experiment={loads: [0.8], slo_scales: [3]}"],
  ]) func settingsOfNoAccountGiveTheSame(_ settings: [String]) async throws {
    let idle = [
      "description=something", "cluster.parallelism={2: 1.5}", "policies.p.recovery=drop",
    ]
    #expect(try await Self.outcome(settings) == Self.outcome(settings + idle))
  }

  @Test(arguments: pairs) func twoValuesGiveTwoResults(_ pair: Pair) async throws {
    var outcomes: [String] = []
    for value in pair.values {
      outcomes.append(try await Self.outcome(pair.settings + ["\(pair.path)=\(value)"]))
    }
    #expect(outcomes[0] != outcomes[1])
  }

  /// Settings that give no results, or are held elsewhere.
  private static let others = [
    "name": "a label", "description": "a label", "cluster.nodes.*.name": "a label",
    "workload.format": "another format refuses the file: PublicFormatTests",
    "workload.ignore_unknown": "without it a file with such columns is refused: NativeFormatTests",
    "workload.published": "for the message where the trace is absent",
    "oracles": "what results are held against: OracleTests",
    "policies.*.steps.diffserve.heavy": "any other model than the queries' is refused",
  ]

  /// The paths of all values that a scenario may give: `*` for keys of the user's choice and elements.
  static func leaves(_ shape: ValueShape, at path: String = "") -> [String] {
    func within(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    // What is declared once and stands in several places is looked at in one.
    let again = [
      ".synthetic.", "classes.*.slo.", "diurnal.process.", "experiment.workloads.*.", "oracles.",
    ]
    if again.contains(where: { (path + ".").hasSuffix($0) || path.hasSuffix("oracles") }) {
      if !path.hasSuffix("synthetic") { return [path] }
    }
    if path.contains(".synthetic.") { return [path] }
    switch shape {
    case .object(let fields):
      return fields.flatMap { leaves($0.shape, at: within($0.name)) }
    case .dictionary(_, let of):
      return path.hasPrefix("workload.mix") ? [path] : leaves(of, at: within("*"))
    case .list(let of):
      if case .object = of { return leaves(of, at: within("*")) }
      return [path]
    case .variants(_, let variants):
      return variants.flatMap { variant in
        variant.shape.map { leaves($0, at: within(variant.name)) } ?? [within(variant.name)]
      }
    case .scalarOr(_, let shape): return leaves(shape, at: path)
    default: return [path]
    }
  }

  @Test func everySettingHasItsPair() {
    func fits(_ given: String, _ pattern: String) -> Bool {
      let (a, b) = (given.split(separator: "."), pattern.split(separator: "."))
      return a.count == b.count && zip(a, b).allSatisfy { $1 == "*" || $0 == $1 }
    }
    let given = Self.pairs.flatMap { pair in
      // A pair of names of parts, or of whole values, is one of what stands in them.
      [pair.path] + pair.values.map { "\(pair.path).\($0)" }
        + pair.values.flatMap { value in
          value.matches(of: /([a-z_-]+):/).map { "\(pair.path).*.\($0.1)" }
            + value.matches(of: /([a-z_-]+):/).map { "\(pair.path).\($0.1)" }
        }
    }
    for leaf in Self.leaves(ScenarioShape.root) where Self.others[leaf] == nil {
      if leaf.hasSuffix(".solver") { continue }  // names a library
      #expect(given.contains { fits($0, leaf) }, "no pair of values for \(leaf)")
    }
  }
}

import Cluster
import Foundation
import Reporting
import Results
import Testing

/// CSV files and JSON.
@Suite struct ReportTests {
  private let experiment = StoredExperiment(
    id: "e", content: "c", name: "a, \"b\"", scenario: "", seed: 1, replications: 3,
    baseline: "base", version: "0", loadFactor: nil, offeredLoad: nil,
    notes: [.trace(remark: String(repeating: "long words ", count: 30))],
    profiles: [])

  private let summaries = [
    StoredSummary(
      policy: "base", policyIndex: 0, metric: .latencyMean, replications: 3, mean: 2.5,
      interval: 2.25...2.75),
    StoredSummary(
      policy: "fast", policyIndex: 1, metric: .latencyMean, replications: 3, mean: 1.25,
      interval: 1...1.5, ratio: 0.5, ratioInterval: 0.4...0.625, difference: -1.25,
      differenceInterval: -1.5 ... -1, pValue: 0.01),
    StoredSummary(
      policy: "fast", policyIndex: 1, metric: .waitMean, replications: 3, mean: 1,
      interval: 0.5...1.5, ratio: 0.9, ratioInterval: 0.8...1.1, pValue: 0.2),
    StoredSummary(
      policy: "fast", policyIndex: 1, metric: .latencyP50, replications: 3, mean: 7,
      interval: 6...8, note: .unsteady,
      queue: QueueVerdict(state: .growing)),
    StoredSummary(
      policy: "fast", policyIndex: 1, metric: .latencyP99, replications: 0, mean: nil,
      interval: nil, note: .tooFew(least: 1000, of: .completions)),
  ]

  @Test func theJSONHasEveryNumberInFull() throws {
    let text = ComparisonJSON.text(experiment, summaries, [])
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let rows = try #require(value?["summaries"] as? [[String: Any]])
    #expect(rows.count == 5)
    #expect(rows[1]["ratio_upper"] as? Double == 0.625)
    #expect(rows[1]["p_value_holm"] as? Double == 0.01)
    #expect(rows[4]["mean"] == nil)
  }

  @Test func csvIsQuotedAndTidy() throws {
    let folder = NSTemporaryDirectory() + "/" + UUID().uuidString
    let store = try ResultStore(creatingAt: folder + ".sqlite")
    defer {
      try? FileManager.default.removeItem(atPath: folder)
      try? FileManager.default.removeItem(atPath: folder + ".sqlite")
    }
    try store.begin(experiment, provenance: [])
    try store.finish(experiment, StoredAnalysis(summaries: summaries), provenance: [])
    let files = try CSVReport(store).write(to: folder)
    #expect(files.count == 15)
    let summary = try String(contentsOfFile: folder + "/summary.csv", encoding: .utf8)
    #expect(
      summary == """
        experiment,experiment_id,workload,load,slo_scale,slo_s,settings,controls_of,policy,policy_index,metric,unit,replications,mean,ci95_lower,ci95_upper,ci95_coverage,replications_with_any,ratio_to_baseline,\
        ratio_ci95_lower,ratio_ci95_upper,difference_to_baseline,difference_ci95_lower,\
        difference_ci95_upper,p_value_holm,queue_state,replications_unsettled,note,note_code
        "a, ""b""\",e,,,,,,,base,0,latency_mean_s,s,3,2.5,2.25,2.75,,,,,,,,,,,,,
        "a, ""b""\",e,,,,,,,fast,1,latency_mean_s,s,3,1.25,1.0,1.5,,,0.5,0.4,0.625,-1.25,-1.5,-1.0,0.01,,,,
        "a, ""b""\",e,,,,,,,fast,1,latency_p50_s,s,3,7.0,6.0,8.0,,,,,,,,,,growing,,"\(MetricNoteText(.unsteady))",unsteady
        "a, ""b""\",e,,,,,,,fast,1,latency_p99_s,s,0,,,,,,,,,,,,,,,too few: under 1000 completions a replication,too-few
        "a, ""b""\",e,,,,,,,fast,1,wait_mean_s,s,3,1.0,0.5,1.5,,,0.9,0.8,1.1,,,,0.2,,,,

        """)
  }
}

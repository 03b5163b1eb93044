import Results
import Testing
import TextReports

/// A comparison as the terminal shows it.
@Suite struct ComparisonTextTests {
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

  @Test func theTableShowsMeansIntervalsAndRatios() {
    let text = ComparisonText(experiment, summaries).text
    let line = text.split(separator: "\n").first { $0.hasPrefix("latency, mean [s]") } ?? ""
    #expect(line.contains("2.50 ± 0.25"))
    #expect(line.contains("1.25 ± 0.25"))
    #expect(line.contains("0.5 [0.4, 0.625]"))
    #expect(!line.hasSuffix("ns"))
    #expect(text.contains("0.9 [0.8, 1.1] ns\n"))
    #expect(text.contains("too few"))
    // A mean that means nothing is not printed.
    let median = text.split(separator: "\n").first { $0.hasPrefix("latency, p50 [s]") } ?? ""
    #expect(median.contains("unsteady") && !median.contains("7"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }
}

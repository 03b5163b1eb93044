import Foundation
import Results
import Testing

/// Which policy dominates which, on intervals chosen by hand.
@Suite struct FrontierTests {
  private struct Point {
    let policy: String
    let late: ClosedRange<Double>
    var convergence: ClosedRange<Double>?
    var fid: ClosedRange<Double>?
  }

  private func rows(_ points: [Point]) throws -> [String: [String: DataTable.Cell]] {
    let path = NSTemporaryDirectory() + "/frontier-\(UUID().uuidString).sqlite"
    defer {
      for suffix in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: path + suffix)
      }
    }
    let experiment = StoredExperiment(
      id: "e", content: "e", name: "e", scenario: "", seed: 1, replications: 3,
      baseline: points[0].policy, version: "0", loadFactor: nil, offeredLoad: nil, notes: [],
      profiles: [])
    let summaries = points.enumerated().flatMap { index, point in
      [
        (Metric.violationRatio, point.late), (.convergenceMean, point.convergence),
        (.cascadeFID, point.fid),
      ].map { metric, range in
        StoredSummary(
          policy: point.policy, policyIndex: index, metric: metric, replications: 3,
          mean: range.map { ($0.lowerBound + $0.upperBound) / 2 }, interval: range)
      }
    }
    let store = try ResultStore(creatingAt: path)
    try store.begin(experiment, provenance: [])
    try store.finish(experiment, StoredAnalysis(summaries: summaries), provenance: [])
    let table = try store.table(.frontier, experiments: ["e"])
    var rows: [String: [String: DataTable.Cell]] = [:]
    for row in table.rows {
      guard case .text(let name) = row["policy"] else { continue }
      rows[name] = Dictionary(uniqueKeysWithValues: table.columns.map { ($0, row[$0]) })
    }
    return rows
  }

  /// A difference that lies inside the intervals decides nothing: the late policy is dominated although the mean of
  /// its images is a hair better, and of two that are alike neither dominates.
  @Test func noiseDecidesNothing() throws {
    let rows = try rows([
      Point(policy: "late", late: 0.96...0.98, convergence: 1.2268...1.2284, fid: 18.55...18.55),
      Point(policy: "prompt", late: 0.34...0.36, convergence: 1.2260...1.2280, fid: 18.55...18.55),
      Point(policy: "same", late: 0.335...0.362, convergence: 1.2262...1.2282),
      Point(policy: "coarse", late: 0...0, convergence: 0.8...0.81),
      Point(policy: "cascade", late: 0...0.01, fid: 16.9...17.1),
      Point(policy: "light", late: 0...0, fid: 22.77...22.77),
      Point(policy: View.bestKnown, late: 0.1...0.1, convergence: 2...2),
    ])
    #expect(rows["late"]?["on_frontier"] == .integer(0))
    #expect(rows["late"]?["dominated_by"] == .text("prompt, same"))
    for name in ["prompt", "same", "coarse"] {
      #expect(rows[name]?["on_frontier"] == .integer(1), "\(name)")
    }
    #expect(rows["cascade"]?["on_frontier"] == DataTable.Cell.none)
    // By the cascade's FID, a lower one is better.
    #expect(rows["prompt"]?["fid_dominated_by"] == .text("cascade"))
    #expect(rows["late"]?["fid_dominated_by"] == .text("prompt, cascade"))
    #expect(rows["cascade"]?["on_fid_frontier"] == .integer(1))
    #expect(rows["light"]?["fid_dominated_by"] == .text("cascade"))
    #expect(rows["coarse"]?["on_fid_frontier"] == DataTable.Cell.none)
    let above = try #require(rows["prompt"]?["violations_above_best_known"]?.number)
    #expect(abs(above - 0.25) < 1e-12 && rows[View.bestKnown] == nil)
  }

  @Test func aClearLossIsNoDominance() throws {
    let rows = try rows([
      Point(policy: "a", late: 0.1...0.2, convergence: 1.0...1.1),
      Point(policy: "b", late: 0.3...0.4, convergence: 1.2...1.3),
    ])
    #expect(rows["a"]?["on_frontier"] == .integer(1) && rows["b"]?["on_frontier"] == .integer(1))
  }
}

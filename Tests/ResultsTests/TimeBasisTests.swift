@testable import Cluster
import EventEngine
import Foundation
import GRDB
import LatencyProfiles
@testable import Results
import Testing
import Workload

/// What service times rest on, in the database.
@Suite struct TimeBasisTests {
  private func experiment(_ policies: [String]) -> StoredExperiment {
    StoredExperiment(
      id: "e", content: "c", name: "n", scenario: "", seed: 1, replications: 2,
      baseline: policies[0], policies: policies, version: "0", loadFactor: nil, offeredLoad: nil,
      notes: [], profiles: [])
  }

  private func durations(_ nanoseconds: [Int64]) -> [SimulationDuration] {
    nanoseconds.map { SimulationDuration(nanoseconds: $0) }
  }

  /// A run of two workers and a CPU pool.
  private func run(_ policy: String, _ index: Int, replication: Int) -> CompletedRun {
    var usage = RunUsage()
    usage.workers = (0..<2).map { id in
      WorkerUsage(
        worker: WorkerID(rawValue: id), node: "n", busy: durations([1, 2, 3, 0]),
        busyByBasis: durations(id == 0 ? [5, 0, 1, 0] : [0, 4, 2, 0]), waitingForCPU: .zero,
        blocked: .zero, evaluations: 1, imageEvaluations: 1)
    }
    usage.cpuPools = [
      CPUPoolUsage(
        node: "n", cores: 1, busy: durations([0, 0, 0, 7]),
        busyByBasis: durations([0, 0, 0, Int64(7 + replication)]))
    ]
    return CompletedRun(
      policy: policy, policyIndex: index, replication: replication, seed: 5, bottleneck: "b",
      metrics: MetricValues(), classMetrics: [], records: SpillingArray([]), usage: usage,
      models: ["m"], classes: [])
  }

  @Test func everyColumnHoldsItsValueAndTheViewAddsThemUp() throws {
    let path = NSTemporaryDirectory() + "/" + UUID().uuidString + ".sqlite"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let store = try ResultStore(creatingAt: path)
    let policies = ["p", "q"]
    try store.begin(experiment(policies), provenance: [])
    for (index, policy) in policies.enumerated() {
      for replication in 0..<2 {
        try store.store(run(policy, index, replication: replication), of: "e")
      }
    }
    try store.finish(experiment(policies), StoredAnalysis(summaries: []), provenance: [])

    var busy = BusyByBasis()
    busy.add([10, 8, 6, 0], of: .accelerator)
    busy.add([0, 0, 0, 15], of: .cpu)
    let both = policies.map { PolicyTimeBasis(policy: $0, busy: busy) }
    #expect(try store.timeBasis(of: "e") == both)
    #expect(busy.total(.accelerator) == 24 && busy.share(.cpu, on: .assumed) == 1)
    #expect(BusyByBasis().share(.cpu, on: .assumed) == nil)
    #expect(both.merged == both)
    var twice = busy
    twice.add(busy)
    #expect((both + [both[0]]).merged[0] == PolicyTimeBasis(policy: "p", busy: twice))

    let rows = try store.table(.timeBasis, experiments: ["e"]).rows
    let text = rows.map { row in
      ["policy", "device_kind", "basis"].map { row[$0].text }.joined(separator: " ")
    }
    let ofOne = [
      "accelerator measured", "accelerator published", "accelerator derived", "cpu assumed",
    ]
    #expect(text == policies.flatMap { policy in ofOne.map { "\(policy) \($0)" } })
    for (row, share) in zip(rows, [10.0 / 24, 8.0 / 24, 6.0 / 24, 1]) {
      #expect(abs((row["share"].number ?? 0) - share) < 1e-12)
    }
    #expect(abs((rows[3]["busy_s"].number ?? 0) - 15e-9) < 1e-20)

    // A share of the other runs' time would pass for that of all.
    try store.queue.write { db in
      try db.execute(
        sql: """
          UPDATE worker SET published_ns = NULL WHERE id = 1
          AND run_id = (SELECT id FROM run WHERE policy = 'p' AND replication = 1)
          """)
    }
    #expect(try store.timeBasis(of: "e") == [both[1]])
    #expect(try store.runs(of: "e").map { $0.busyByBasis == nil } == [false, true, false, false])
    let left = try store.table(.timeBasis, experiments: ["e"]).rows
    #expect(
      Set(left.filter { $0["device_kind"].text == "accelerator" }.map { $0["policy"].text }) == [
        "q"
      ])
  }
}

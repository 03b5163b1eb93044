@testable import Analysis
import Cluster
import EventEngine
import Results
import Testing
import Workload

@testable import Experiments

/// A run whose records lie in a file says what one in memory says.
@Suite struct SpilledRunTests {
  @Test func metricsAreTheSame() throws {
    let experiment = try Experiment(
      Support.scenario("quickstart.yaml", ["workload.window.length=20 min"]))
    for policy in experiment.policies.indices {
      let held = experiment.simulate(policy: policy, replication: 0)
      var spilled = RunRecorder(heldBytes: 10_000)
      for record in held.records { spilled.queryEnded(record) }
      spilled.runEnded(held.usage)
      #expect(spilled.records == held.records && held.records.count > 1000)
      for warmup in [SimulationTime.zero, SimulationTime(seconds: 300)] {
        let (one, other) = (
          RunMetrics.values(of: held, warmup: warmup, quality: experiment.quality),
          RunMetrics.values(of: spilled, warmup: warmup, quality: experiment.quality)
        )
        for metric in Metric.allCases { #expect(one[metric] == other[metric], "\(metric)") }
        #expect(
          RunMetrics.latencyQuantiles(of: held, warmup: warmup)
            == RunMetrics.latencyQuantiles(of: spilled, warmup: warmup))
      }
      let (one, other) = (MSER5.warmup(held), MSER5.warmup(spilled))
      #expect(one.end == other.end && one.isFound == other.isFound)
    }
  }
}

import Cluster
import EventEngine
import Results
import Workload
import Testing

@testable import Experiments

/// The recursion that makes replications for experiments of coverage, held equal to the cluster.
@Suite struct LindleyTests {
  /// With the cluster's own arrivals and service times the recursion gives its waits, query by query, to the nanosecond's
  /// rounding.
  @Test(arguments: [1, 8]) func waitsAreTheClusters(servers: Int) throws {
    let text = QueueScenario.text(rate: 45 * Double(servers), servers: servers, queries: 4000)
    let experiment = try Experiment(Support.scenario(text: text), policies: ["p"])
    let records = experiment.simulate(policy: 0, replication: 0).records
    var waits = Waits(servers: servers)
    var longest = 0.0
    var count = 0
    for record in records.sorted(by: { $0.query.id < $1.query.id }) {
      let start = try #require(record.start)
      let wait = waits.next(
        arrival: record.query.arrival.seconds, service: (record.end - start).seconds)
      #expect(abs(wait - record.wait.seconds) < 1e-6)
      longest = max(longest, wait)
      count += 1
    }
    #expect(count == 4000 && longest > 0.02)
  }

  /// M/M/1 at 0.8 and mean service 1 s: the mean latency is 5 s, and P(T > 10 s) = exp(-2).
  @Test func meansAreTheTheorys() {
    var random = FastRandom(seed: 7)
    var (sum, late, count) = (0.0, 0, 0)
    for _ in 0..<20 {
      let latencies = Queue(rates: (0.8, 0.8), queries: 100_000, warmup: 1000).latencies(&random)
      sum += latencies.reduce(0, +)
      late += latencies.count { $0 > 10 }
      count += latencies.count
    }
    #expect(abs(sum / Double(count) - 5) < 0.15)
    #expect(abs(Double(late) / Double(count) - 0.1353352832) < 0.008)
  }
}

import Cluster
import EventEngine
import Foundation
import Results
import Scenarios
import Testing
import Workload

@testable import Experiments

/// Scenarios of queueing theory, run through the same cluster as everything else, against exact values.
///
/// Student-t intervals over 20 replications with warm-up deleted, 1 % family-wise over all rows
/// (Bonferroni); the seed stands in the scenarios and was fixed before the first run.
@Suite struct OracleTests {
  struct Row {
    let scenario: String
    let metric: String
    let value: Double
  }

  static let rows: [Row] = {
    let path = Support.root + "/Tests/ExperimentsTests/queueing_oracles.csv"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: ",", maxSplits: 4).map(String.init)
      guard fields.count == 5, let value = Double(fields[3]) else { return nil }
      return Row(scenario: fields[0], metric: fields[2], value: value)
    }
  }()
  static let scenarios = Array(Set(rows.map(\.scenario))).sorted()

  @Test func everyRowHasItsScenarioAndEveryScenarioItsRows() throws {
    #expect(Self.rows.count == 152)
    let shipped = try FileManager.default.contentsOfDirectory(
      atPath: Support.root + "/Scenarios/oracles")
    #expect(shipped.sorted() == Self.scenarios)
  }

  @Test(arguments: scenarios) func simulationMeetsTheory(scenario: String) throws {
    let experiment = try Experiment(Support.scenario("oracles/\(scenario)"))
    #expect(experiment.replications >= 20)
    let runs = (0..<experiment.replications).map { replication in
      Sample(experiment.simulate(policy: 0, replication: replication), experiment)
    }
    for run in runs {
      #expect(run.littleHolds, "the integral of N is not the sum of residence times")
      #expect(run.isConserved, "offered is not completed + dropped + in flight")
    }
    let confidence = 1 - 0.01 / Double(Self.rows.count)
    for row in Self.rows where row.scenario == scenario {
      let values = try runs.map { try #require($0.value(row.metric), "unknown metric") }
      let result = try #require(Intervals.mean(values, confidence: confidence))
      let interval = try #require(result.interval)
      #expect(
        interval.contains(row.value),
        "\(scenario) \(row.metric): theory \(row.value), simulated \(result.mean) in \(interval)")
    }
  }

  /// The same test refutes a wrong theory: M/M/1's mean wait is not M/D/1's, nor that of a load 3 % up.
  @Test func aWrongTheoryIsRefuted() throws {
    let experiment = try Experiment(Support.scenario("oracles/mm1-rho0.5.yaml"))
    let waits = (0..<experiment.replications).map { replication in
      Sample(experiment.simulate(policy: 0, replication: replication), experiment).meanWait
    }
    let confidence = 1 - 0.01 / Double(Self.rows.count)
    let interval = try #require(Intervals.mean(waits, confidence: confidence)?.interval)
    #expect(interval.contains(1))
    #expect(!interval.contains(0.5))
    #expect(!interval.contains(0.515 / 0.485))
  }

  /// What a run's records say of the queries that arrived after the warm-up.
  struct Sample {
    private var waits = Quantiles()
    private var times = Quantiles()
    private var wait = Welford()
    private var waitSquared = Welford()
    private var time = Welford()
    private let queueLength: Double
    let littleHolds: Bool
    let isConserved: Bool
    var meanWait: Double { wait.mean }

    init(_ recorder: RunRecorder, _ experiment: Experiment) {
      let warmup = experiment.warmup(of: 0).end
      for record in recorder.records where record.query.arrival >= warmup {
        waits.add(record.wait.nanoseconds)
        times.add(record.latency.nanoseconds)
        wait.add(record.wait.seconds)
        waitSquared.add(record.wait.seconds * record.wait.seconds)
        time.add(record.latency.seconds)
      }
      queueLength =
        RunMetrics.values(of: recorder, warmup: warmup)[.queueLengthMean] ?? .nan
      let usage = recorder.usage
      littleHolds = usage.systemIntegral == usage.residenceSum && usage.residenceSum > 0
      isConserved =
        usage.offered == usage.completed + usage.dropped + usage.inFlight
        && recorder.records.count == usage.offered
    }

    /// The metric as the table of oracles calls it.
    func value(_ metric: String) -> Double? {
      switch metric {
      case "E[Wq]": return wait.mean
      case "E[Wq^2]": return waitSquared.mean
      case "E[T]": return time.mean
      case "E[Lq]": return queueLength
      case "Wq p95", "Wq p99":
        var copy = waits
        return copy.quantile(metric == "Wq p95" ? 0.95 : 0.99).map { $0 / 1e9 }
      default:
        guard let limit = metric.split(separator: ">").last?.dropLast(), let t = Double(limit)
        else { return nil }
        let nanoseconds = Int64((t * 1e9).rounded())
        return (metric.hasPrefix("P(T") ? times : waits).fraction(above: nanoseconds)
      }
    }
  }
}

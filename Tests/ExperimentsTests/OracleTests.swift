import Cluster
import Diagnostics
import EventEngine
import Foundation
import Results
@testable import Scenarios
import Testing
import Workload

@testable import Experiments

/// Scenarios of queueing theory, run through the same cluster as everything else, against what is known of them:
/// an eighth of the queries that `qosdiff validate --oracles` simulates, at the same family-wise risk.
@Suite struct OracleTests {
  static let folder = Support.root + "/Scenarios/oracles"
  static let names =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()

  static func scenarios() throws -> [Scenario] {
    try names.map { try Support.scenario("oracles/\($0)") }
  }

  @Test func simulationMeetsTheory() async throws {
    let check = try await OracleCheck.run(Self.scenarios(), jobs: 2, share: 0.125)
    #expect(check.broken.isEmpty, "\(check.broken)")
    #expect(check.rows.count { $0.oracle.kind == .exact } >= 220)
    #expect(check.rows.count { $0.oracle.kind == .upperBound } == 4)
    for row in check.rows where row.verdict == .missed || row.verdict == .broken {
      Issue.record(
        "\(row.scenario) \(row.oracle.name): theory \(row.oracle.value), simulated \(row.simulated) in \(String(describing: row.interval))"
      )
    }
    #expect(check.holds)
  }

  /// The same check refutes wrong theories: M/M/1's mean wait is not M/D/1's, nor that of a load 3 % up, and
  /// no bound lies below the value.
  @Test func aWrongTheoryIsRefuted() async throws {
    var scenario = try Support.scenario("oracles/mm1-rho0.5.yaml")
    let sound = try #require(scenario.oracles.first { $0.metric == .meanWait })
    scenario.oracles = [
      (Oracle.Kind.exact, 1.0), (.exact, 0.5), (.exact, 0.515 / 0.485), (.upperBound, 0.98),
      (.upperBound, 1.02), (.approximation, 7),
    ].map { kind, value in
      var oracle = sound
      oracle.kind = kind
      oracle.value = value
      return oracle
    }
    let check = try await OracleCheck.run([scenario], jobs: 2)
    #expect(
      check.rows.map(\.verdict) == [.met, .missed, .missed, .broken, .kept, .notJudged])
    #expect(!check.holds && check.judged == 5)
  }

  /// A share that never came is neither met nor missed where few were to come.
  @Test func aShareThatNeverCameIsNotJudged() throws {
    func row(
      _ value: Double, _ values: [Double], _ kind: Oracle.Kind = .exact, count: Int = 1_000_000
    ) -> OracleCheck.Row {
      let oracle = Oracle(
        metric: .dropped, kind: kind, value: value, source: "test", location: .init(file: "test"))
      return OracleCheck.row("s", oracle, values, count: count, risk: 0.01)
    }
    #expect(row(2e-5, [0, 0, 0]).verdict == .noneSeen && row(2e-5, [0, 0, 0]).interval == nil)
    #expect(row(2e-5, [0, 0, 0], .upperBound).verdict == .noneSeen)
    #expect(row(0, [0, 0, 0]).verdict == .met)
    // 200 were to come.
    #expect(row(2e-5, [0, 0, 0], count: 10_000_000).verdict == .missed)
    #expect(row(2e-5, [.nan, 0]).verdict == .missed)
  }

  /// C by Erlang's recursion; waits C / (c mu - lambda); in a cascade the heavy station sees the share p of
  /// Poisson departures (Burke 1956, Jackson 1957).
  @Test(arguments: [
    ("cascade-1", 0.8, 1, 1.0, 0.3, 1, 0.4), ("cascade-2", 6, 2, 4, 0.3, 4, 0.6),
    ("cascade-3", 7, 8, 1, 0.5, 5, 0.8),
  ])
  func cascadesAreDerivedAsSaid(
    name: String, rate: Double, light: Int, lightRate: Double, deferred: Double, heavy: Int,
    heavyRate: Double
  ) throws {
    func wait(_ servers: Int, _ rate: Double, _ service: Double) -> (busy: Double, mean: Double) {
      let load = rate / service
      var blocking = 1.0
      for k in 1...servers { blocking = load * blocking / (Double(k) + load * blocking) }
      let use = load / Double(servers)
      let busy = blocking / (1 - use * (1 - blocking))
      return (busy, busy / (Double(servers) * service - rate))
    }
    let first = wait(light, rate, lightRate)
    let second = wait(heavy, rate * deferred, heavyRate)
    let total =
      first.mean + 1 / lightRate + deferred * (second.mean + 1 / heavyRate)
    let scenario = try Support.scenario("oracles/\(name).yaml")
    for (metric, value) in [
      (OracleMetric.waitOfAllAbove(0), first.busy), (.meanWait, first.mean), (.meanTime, total),
    ] {
      let oracle = try #require(scenario.oracles.first { $0.metric == metric })
      #expect(abs(oracle.value - value) < 1e-9, "\(name) \(metric)")
    }
  }

  static let facts = Support.root + "/../shared/facts/queueing_oracles.csv"

  /// Every value of the published collection is in a scenario, as it stands there: each in one of its own, under
  /// the same metric where it is written alike.
  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: facts),
      "the collection of published values is not beside this checkout"))
  func everyCollectedValueIsChecked() throws {
    let collected = try String(contentsOfFile: Self.facts, encoding: .utf8)
      .split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
        // The value is the last field but one, whatever commas the others hold.
        line.matches(of: /,([^,]+),(exact|approximation|upper bound),([0-9.e+-]+),/).last.map {
          let kind = $0.output.2 == "upper bound" ? "upper_bound" : String($0.output.2)
          return Collected(
            metric: OracleMetric(String($0.output.1))?.name, kind: kind, value: Double($0.output.3),
            isRepeated: line.hasPrefix("M/D/1,"))
        }
      }
    #expect(collected.count == 219)
    #expect(collected.count { $0.metric != nil } > 150)
    let all = try Self.scenarios().flatMap(\.oracles)
    var checked = all
    // Those with a metric first, so that others do not take their places.
    for row in collected.filter({ $0.metric != nil }) + collected.filter({ $0.metric == nil }) {
      let place = (row.isRepeated ? all : checked).firstIndex {
        $0.kind.rawValue == row.kind && $0.value == row.value
          && (row.metric == nil || $0.metric.name == row.metric)
      }
      #expect(place != nil, "\(row)")
      if let place, !row.isRepeated { checked.remove(at: place) }
    }
  }

  /// A row of the collection; its metric where this program writes it in the same way.
  private struct Collected {
    var metric: String?
    var kind: String
    var value: Double?
    /// M/D/1 is in the collection again as M/G/1 with one time of service.
    var isRepeated: Bool
  }

  @Test(arguments: OracleMetric.examples) func metricsAreReadAsTheyAreWritten(name: String) throws {
    #expect(try #require(OracleMetric(name)).name == name)
  }

  @Test(arguments: ["", "E[X]", "P(T>)", "P(T>-1)", "P(T>nan)", "P(T>inf)", "Wq p101", "Wq p"])
  func otherMetricsAreNone(name: String) { #expect(OracleMetric(name) == nil) }
}

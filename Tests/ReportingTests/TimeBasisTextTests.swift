import Foundation
import LatencyProfiles
@testable import Reporting
import Results
import Testing

/// The sentence on what service times rest on.
@Suite struct TimeBasisTextTests {
  private func policy(
    _ name: String, _ accelerator: [Int64], _ cpu: [Int64] = [0, 0, 0, 0]
  ) -> PolicyTimeBasis {
    var busy = BusyByBasis()
    busy.add(accelerator, of: .accelerator)
    busy.add(cpu, of: .cpu)
    return PolicyTimeBasis(policy: name, busy: busy)
  }

  private func text(_ policies: PolicyTimeBasis..., isLive: Bool = false) -> String? {
    TimeBasisText(policies, isLive: isLive).text?.replacing("\n ", with: "")
  }

  @Test func whatIsWholeIsSaidInOneSentenceEach() {
    #expect(
      text(policy("a", [0, 9, 0, 0], [3, 0, 0, 0])) == "Accelerator time rests on figures: 100 % "
        + "published. CPU time: 100 % measured by the harness.")
    #expect(
      text(policy("a", [0, 0, 0, 5])) == "Accelerator time rests on figures: 100 % assumed by the "
        + "scenario.")
    #expect(
      text(policy("a", [0, 0, 0, 0], [1, 0, 2, 1]))
        == "CPU time rests on figures: 25 % measured by "
        + "the harness, 50 % derived, 25 % assumed by the scenario.")
    #expect(
      text(policy("a", [5, 0, 0, 0]), isLive: true) == "Accelerator time rests on figures: 100 % "
        + "measured as they were served.")
    #expect(text() == nil && text(policy("a", [0, 0, 0, 0])) == nil)
  }

  /// By time, over policies and runs together, not by policy or entry.
  @Test func policiesThatAgreeAreOne() {
    // 50 % and 51 %: not more than a point apart; 302 of 600 ns.
    #expect(
      text(policy("a", [200, 200, 0, 0]), policy("b", [102, 98, 0, 0])) == "Accelerator time rests "
        + "on figures: 50.3 % measured by the harness, 49.7 % published.")
    // A policy without any such time differs from none.
    #expect(
      text(policy("a", [0, 1, 0, 0]), policy("b", [0, 0, 0, 0], [0, 1, 0, 0]))
        == "Accelerator time "
        + "rests on figures: 100 % published. CPU time: 100 % published.")
    // Runs of one policy at several points count together.
    #expect(
      text(policy("a", [0, 1, 0, 0]), policy("a", [0, 0, 1, 0])) == "Accelerator time rests on "
        + "figures: 50 % published, 50 % derived.")
  }

  @Test func policiesThatDifferAreNamed() {
    #expect(
      text(
        policy("a", [0, 1000, 0, 0], [1, 0, 0, 0]), policy("b", [0, 989, 0, 11], [1, 0, 0, 0]))
        == "Accelerator time rests on figures: a 100 % published; b 98.9 % published, 1.1 % assumed "
        + "by the scenario. CPU time: 100 % measured by the harness.")
  }

  @Test(arguments: [
    (1, 1, "100 %"), (9995, 10_000, "100 %"), (99_949, 100_000, "99.9 %"), (1, 3, "33.3 %"),
    (2, 3, "66.7 %"), (3, 10, "30 %"), (1, 1000, "0.1 %"), (1, 2001, "under 0.1 %"),
    (1, 2000, "0.1 %"), (0, 7, "0 %"), (Int128(Int64.max) * 3, Int128(Int64.max) * 4, "75 %"),
  ])
  func percent(part: Int128, total: Int128, text: String) {
    #expect(TimeBasisText.percent(part, of: total) == text)
  }

  @Test func longLinesAreWrapped() throws {
    let policies = (0..<9).map { policy("policy-\($0)", [Int64($0 + 1), 1, 0, 0]) }
    let lines = try #require(TimeBasisText(policies).text).split(separator: "\n")
    #expect(lines.count > 3 && lines.allSatisfy { $0.count <= 100 })
    // A number and its unit stay together, wherever lines end.
    for length in 1...40 {
      let name = String(repeating: "n", count: length)
      let policies = [policy(name, [1, 0, 0, 0]), policy("b", [0, 1, 0, 0])]
      let text = try #require(TimeBasisText(policies).text)
      #expect(!text.contains("\n  %") && !text.contains("\u{A0}"))
    }
  }

  @Test func theJSONHasNumbers() throws {
    let experiment = StoredExperiment(
      id: "e", content: "c", name: "n", scenario: "", seed: 1, replications: 2,
      baseline: "a", version: "0", loadFactor: nil, offeredLoad: nil, notes: [], profiles: [])
    let basis = [
      policy("a", [0, 3_000_000_000, 0, 1_000_000_000]), policy("b", [0, 0, 0, 0], [1, 0, 0, 0]),
    ]
    for text in [
      ComparisonJSON.text(experiment, [], basis),
      ComparisonJSON.text([(experiment, [])], [], ["e": basis]),
    ] {
      let value = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      let points = value?["points"] as? [[String: Any]]
      let rows = try #require((points?[0] ?? value)?["time_basis"] as? [[String: Any]])
      #expect(rows.map { $0["policy"] as? String } == ["a", "a", "b"])
      #expect(rows.map { $0["device_kind"] as? String } == ["accelerator", "accelerator", "cpu"])
      #expect(rows.map { $0["basis"] as? String } == ["published", "assumed", "measured"])
      #expect(rows.map { $0["busy_s"] as? Double } == [3, 1, 1e-9])
      #expect(rows.map { $0["share"] as? Double } == [0.75, 0.25, 1])
    }
  }
}

import Foundation
import Testing

/// The table of claims in the README, which a hand keeps, beside the report that it quotes.
@Suite struct ReadmeClaimsTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private struct Verdict {
    var policy: String
    var workload: String
    var claim: String
    var text: String
  }

  private static func verdicts() throws -> [Verdict] {
    let csv = try String(
      contentsOf: root.appending(path: "Reports/qosdiff-paper/claims.csv"), encoding: .utf8)
    let lines = csv.split(separator: "\n")
    let header = lines[0].split(separator: ",").map(String.init)
    func column(_ name: String) throws -> Int { try #require(header.firstIndex(of: name)) }
    let (policy, workload, claim) = (
      try column("policy"), try column("workload"), try column("claim")
    )
    return try lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      // The verdict is the only cell in quotes.
      let verdict = try #require(line.split(separator: "\"").last)
      return Verdict(
        policy: cells[policy], workload: cells[workload], claim: cells[claim], text: String(verdict)
      )
    }
  }

  /// The first number of a text and the two in its brackets.
  private static func numbers(_ text: String) -> [Double]? {
    text.firstMatch(of: /([\d.]+) \[([\d.]+), ([\d.]+)\]/).map { match in
      [match.1, match.2, match.3].compactMap { Double($0) }
    }
  }

  @Test func everyRowQuotesTheReport() throws {
    let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
    let verdicts = try Self.verdicts()
    var compared = 0
    for line in readme.split(separator: "\n") {
      guard let head = line.firstMatch(of: /^\| `(qos-diff[a-z-]*)`, (Poisson|look-alike) \|/)
      else {
        continue
      }
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      for (cell, claim) in zip(cells.dropFirst(), ["SLO violations", "mean latency", "sustained"]) {
        let verdict = try #require(
          verdicts.first {
            $0.policy == head.1 && $0.workload == head.2.lowercased() && $0.claim.hasPrefix(claim)
          }?.text)
        #expect(cell.hasPrefix("**no**") == verdict.hasPrefix("not reached"), "\(line): \(verdict)")
        if cell.contains("none seen") {
          #expect(verdict.contains("no violation in 10 of 10"), "\(line): \(verdict)")
        } else {
          let quoted = try #require(Self.numbers(cell), "\(cell)")
          let printed = try #require(Self.numbers(verdict), "\(verdict)")
          // The README has up to a digit more or fewer.
          for (a, b) in zip(quoted, printed) {
            #expect(abs(a - b) <= 0.006 * b, "\(cell): \(verdict)")
          }
        }
        if let load = cell.firstMatch(of: /load ([\d.]+)/) {
          #expect(verdict.contains("load \(load.1)"), "\(cell): \(verdict)")
        }
        compared += 1
      }
    }
    #expect(compared >= 15)
  }
}

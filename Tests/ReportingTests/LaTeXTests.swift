import Results
import Testing

@testable import Reporting

/// What is bold in a table, and what is safe in one.
@Suite struct LaTeXTests {
  private func summary(_ mean: Double?, isUnsteady: Bool = false) -> StoredSummary {
    StoredSummary(
      policy: "p", policyIndex: 0, metric: .latencyMean, replications: 2, mean: mean,
      interval: mean.map { $0 - 100...$0 + 100 },
      queue: isUnsteady ? QueueVerdict(state: .growing) : nil)
  }

  @Test func theBestMeanIsBoldHoweverWideIntervalsAre() {
    let latencies = [29, 1.8, 1.4, 24].map { summary($0) }
    #expect(LaTeXReport.best(.latencyMean, latencies) == [2])
    #expect(LaTeXReport.best(.convergenceMean, latencies) == [0])
    #expect(LaTeXReport.best(.stepsMean, latencies).isEmpty, "fewer steps are not better as such")
    #expect(LaTeXReport.best(.latencyMean, [summary(3), summary(3), summary(4)]) == [0, 1])
    #expect(LaTeXReport.best(.latencyMean, [summary(3), summary(3)]).isEmpty)
    #expect(
      LaTeXReport.best(.latencyMean, [summary(1, isUnsteady: true), nil, summary(nil), summary(2)])
        == [3])
  }

  @Test func rowsThatBeginWithABracketOrStarAreNoOptions() {
    var table = LaTeXTable(about: ["a\nb"], columns: "lr", header: ["[x]", "y"])
    table.add(["*z", LaTeXTable.escaped(#"50 % of "a_b" \~^"#)])
    #expect(
      table.text == #"""
        % a b
        % Needs \usepackage{booktabs}.
        \begin{tabular}{lr}
        \toprule
        {}[x] & y \\
        \midrule
        {}*z & 50 \% of ''a\_b'' \textbackslash{}\textasciitilde{}\textasciicircum{} \\
        \bottomrule
        \end{tabular}

        """#)
  }
}

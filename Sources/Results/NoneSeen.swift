import Foundation

/// What may be said of an event, such as an SLO violation, that no replication has shown.
///
/// Late queries come in busy periods: replications are independent, queries are not, and a bound on the ratio from the
/// number of queries (the rule of three, 3 / n) does not hold. What has an exact interval is the probability that a
/// replication shows the event at all: for none in r, [0, 1 - 0.025^(1/r)] at 95 % (Clopper and Pearson, Biometrika 26
/// (1934)).
package struct NoneSeen: Hashable, Sendable {
  package let replications: Int

  package init(replications: Int) {
    precondition(replications > 0, "nothing was seen in nothing")
    self.replications = replications
  }

  /// Upper end of the interval of the probability that a replication shows the event.
  package var largestProbability: Double { 1 - pow(0.025, 1 / Double(replications)) }

  /// "no violation in 5 of 5 replications".
  package func text(_ event: String = "violation") -> String {
    "no \(event) in \(replications) of \(replications) replications"
  }

  /// What follows from it, and what does not.
  package var meaning: String {
    String(
      format: "a replication has one with a probability of at most %.2g (exact 95 %% interval), "
        + "which bounds no ratio", largestProbability)
  }
}

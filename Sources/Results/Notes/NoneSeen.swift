import Foundation

/// What may be said of an event, such as an SLO violation, that no replication has shown.
///
/// Late queries come in busy periods: replications are independent, queries are not, and a bound on the ratio from the
/// number of queries (the rule of three, 3 / n) does not hold. What has an exact interval is the probability that a
/// replication shows the event at all: for none in r, [0, 1 - 0.025^(1/r)] at 95 % (Clopper and Pearson, Biometrika 26
/// (1934)). Where busy periods are independent, so has the probability that one of them shows it.
package struct NoneSeen: Hashable, Sendable {
  package let replications: Int
  /// Busy periods in all of them; nil where they are not independent, or there is none.
  package let busyPeriods: Int?

  package init(replications: Int, busyPeriods: Int? = nil) {
    precondition(replications > 0, "nothing was seen in nothing")
    self.replications = replications
    self.busyPeriods = busyPeriods.flatMap { $0 > 0 ? $0 : nil }
  }

  /// Upper end of the interval of the probability that one of so many shows the event.
  package static func largestProbability(_ count: Int) -> Double {
    // 1 - 0.025^(1/n), without losing its digits.
    -expm1(log(0.025) / Double(count))
  }

  /// "no violation in 5 of 5 replications".
  package func text(_ event: String = "violation") -> String {
    "no \(event) in \(replications) of \(replications) replications"
  }

  /// What follows from it, and what does not.
  package var meaning: String {
    let each = busyPeriods.map {
      String(
        format: ", and one of %ld busy periods with one of at most %.2g", $0,
        Self.largestProbability($0))
    }
    return String(
      format: "a replication has one with a probability of at most %.2g (exact 95 %% interval)",
      Self.largestProbability(replications)) + (each ?? "") + ", which bounds no ratio"
  }
}

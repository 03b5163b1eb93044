/// Why a metric has no value or no ratio, or what its reader must know. ``MetricNoteText`` makes words of it.
///
/// The code of a case never changes: databases keep it.
package enum MetricNote: Hashable, Sendable, Codable {
  /// The queue grows through the run: the mean only tells how long that was.
  case unsteady
  /// The queue grows, and what is printed all the same depends on the run's length.
  case grows
  /// The baseline's mean is of the first kind.
  case baselineUnsteady
  case baselineInfinite
  /// Nothing of it at the baseline, or here: there is no ratio.
  case baselineHasNone
  case noneHere
  /// A share of the queries is dropped in some of the replications, and a drop counts as an infinite latency.
  case infinite(dropped: Double, replications: Int, of: Int)
  /// What no replication showed.
  case neverSeen(event: Event, replications: Int, busyPeriods: Int?)
  /// What every query of every replication showed.
  case alwaysSeen(event: Event, replications: Int)
  /// Under so many of something in a replication.
  case tooFew(least: Int, of: Counted)
  case missing(reason: Missing)
  /// Of an older program, which stored sentences.
  case sentence(text: String)
  /// Of a newer one.
  case unknown(code: String, arguments: String)

  private enum CodingKeys: String, CodingKey {
    case unsteady, grows, infinite, missing, sentence, unknown
    case baselineUnsteady = "baseline-unsteady"
    case baselineInfinite = "baseline-infinite"
    case baselineHasNone = "baseline-has-none"
    case noneHere = "none-here"
    case neverSeen = "never-seen"
    case alwaysSeen = "always-seen"
    case tooFew = "too-few"
  }

  /// What a share of queries counts.
  package enum Event: String, Hashable, Sendable, Codable {
    case violation
    case drop
    case imageBelowFloor = "image below the floor"
  }

  /// What there may be too few of.
  package enum Counted: String, Hashable, Sendable, Codable {
    case completions
    case queries
  }

  /// Why there is no value.
  package enum Missing: String, Hashable, Sendable, Codable, CaseIterable {
    case notEstablished = "not-established"
    case noTable = "no-table"
    case noFloor = "no-floor"
    case noGrowth = "no-growth"
    case burst
    case dependentPeriods = "dependent-periods"
    case noRate = "no-rate"
    case noPower = "no-power"
    case noPrice = "no-price"
    case allActive = "all-active"
    case alwaysActive = "always-active"
    case noMemory = "no-memory"
    case noFailures = "no-failures"
    case oneModel = "one-model"
    case notPublished = "not-published"
    case noBounds = "no-bounds"
    case noQuery = "no-query"
  }
}

extension MetricNote {
  /// The code and the figures, as the database has them.
  var stored: (code: String, arguments: String) {
    if case .unknown(let code, let arguments) = self { return (code, arguments) }
    return CodedValue.encode(self)
  }

  /// A note as it is stored; nil where there is none. A row without a code is of an older program.
  init?(code: String?, arguments: String?, text: String?) {
    guard let code, let arguments else {
      guard let text else { return nil }
      self = .sentence(text: text)
      return
    }
    self =
      CodedValue.decode(code: code, arguments: arguments)
      ?? .unknown(code: code, arguments: arguments)
  }

  /// Its code, which databases keep.
  package var code: String { stored.code }
}

import Foundation

/// The words that say a metric's note: whole, and for a table's cell. Nothing reads them again.
package struct MetricNoteText: CustomStringConvertible, Sendable {
  private let note: MetricNote

  package init(_ note: MetricNote) { self.note = note }

  /// The sentence.
  package var description: String {
    switch note {
    case .unsteady:
      "unsteady: the queue grows through the run, so this depends on the run's length"
    case .grows: "the queue grows through the run, so this depends on the run's length"
    case .baselineUnsteady: "baseline unsteady: no ratio"
    case .baselineInfinite: "baseline infinite: no ratio"
    case .baselineHasNone: "the baseline has none: no ratio"
    case .noneHere: "none here: no ratio"
    case .infinite(let dropped, let replications, let all):
      Self.infinite(dropped)
        + (replications == all ? "" : ": in \(replications) of \(all) replications")
    case .neverSeen(let event, let replications, let busyPeriods):
      Self.neverSeen(NoneSeen(replications: replications, busyPeriods: busyPeriods), event)
    case .alwaysSeen(let event, let replications):
      "no interval: every query is a \(event.rawValue) in \(replications) of \(replications) replications"
    case .tooFew(let least, let counted):
      "too few: under \(least) \(counted.rawValue) a replication"
    case .missing(let reason): Self.missing(reason)
    case .sentence(let text): text
    case .unknown(let code, let arguments): "note '\(code)' of a newer program: \(arguments)"
    }
  }

  /// For a cell that has no value, at most 24 characters.
  package var cell: String {
    switch note {
    case .infinite(let dropped, _, _):
      Self.infinite(dropped).count <= 24 ? Self.infinite(dropped) : "infinite"
    case .grows: "none"
    case .unknown(let code, _): String(code.prefix(24))
    default: Self.head(description)
    }
  }

  /// For a cell that has no ratio: the share that is dropped stands beside it.
  package var ratioCell: String {
    if case .infinite = note { return "infinite" }
    return cell
  }

  private static func head(_ text: String) -> String {
    let head = String(text.prefix { $0 != ":" })
    return head.count <= 24 ? head : "none"
  }

  private static func infinite(_ dropped: Double) -> String {
    "infinite, \(String(format: dropped < 0.1 ? "%.2g" : "%.0f", 100 * dropped)) % dropped"
  }

  private static func neverSeen(_ none: NoneSeen, _ event: MetricNote.Event) -> String {
    "none here: \(none.text(event.rawValue)); \(none.meaning)"
  }

  private static func missing(_ reason: MetricNote.Missing) -> String {
    switch reason {
    case .notEstablished: "not established: beyond the published pairs, or no table"
    case .noTable: "not judged: no trajectory table"
    case .noFloor: "none asked: the scenario has no quality.floor"
    case .noGrowth: "none: under 100 queries, or a burst"
    case .burst: "none: a burst"
    case .dependentPeriods:
      "none: one may tell of the next (only Poisson arrivals, and no state that lives on)"
    case .noRate: "none: a burst has no rate, or queries take no time"
    case .noPower: "none: no node has a 'power', or no image was made"
    case .noPrice: "none: no node has a 'price', or no image was made"
    case .allActive: "none: all are, and nothing is said of power, price or scaling"
    case .alwaysActive: "none: all accelerators are active all the time"
    case .noMemory: "none: no node has a 'memory'"
    case .noFailures: "none: no node can fail"
    case .oneModel: "none: all images are those of the model asked for"
    case .notPublished: "none: not published for these models"
    case .noBounds: "none: no run.bounds, a horizon, or times that are random"
    case .noQuery: "no query"
    }
  }
}

package import Diagnostics

/// What theory says of a scenario: the value that its simulation must meet.
package struct Oracle: Hashable, Sendable {
  /// Why a value is known.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// It is the metric's value in steady state.
    case exact
    /// The metric's value in steady state is no larger.
    case upperBound = "upper_bound"
    /// It is near the metric's value; nothing is judged by it.
    case approximation
  }

  /// The quantity.
  package var metric: OracleMetric
  /// Name of the class that it is about; nil = all queries.
  package var serviceClass: String?
  /// Why the value is known.
  package var kind: Kind
  /// Seconds, squared seconds, queries or a probability, as the metric is.
  package var value: Double
  /// The formula, and who published it.
  package var source: String
  /// Where the scenario says so.
  package var location: Diagnostic.Location

  /// The metric as a table names it.
  package var name: String { metric.name + (serviceClass.map { ", class \($0)" } ?? "") }
}

/// A quantity of queueing theory. Wq is the time from arrival to the start of service of queries that are
/// served, W the same of all, dropped ones till they leave, T the time from arrival to completion, Lq the
/// number of queries that wait.
package enum OracleMetric: Hashable, Sendable {
  /// `E[Wq]`
  case meanWait
  /// `E[Wq^2]`
  case squaredWait
  /// `E[W]`
  case meanWaitOfAll
  /// `E[T]`
  case meanTime
  /// `E[Lq]`
  case meanQueue
  /// `P(Wq>t)`, t in seconds.
  case waitAbove(Double)
  /// `P(W>t)`, t in seconds.
  case waitOfAllAbove(Double)
  /// `P(T>t)`, t in seconds.
  case timeAbove(Double)
  /// `Wq p95`: a percentile.
  case waitPercentile(Double)
  /// `P(idle)`: the share of time that an accelerator stands idle.
  case idle
  /// `P(drop)`: the share of queries that are turned away or leave.
  case dropped

  /// The metrics without a number in them.
  private static let plain: [OracleMetric] = [
    .meanWait, .squaredWait, .meanWaitOfAll, .meanTime, .meanQueue, .idle, .dropped,
  ]

  /// How metrics are written.
  package static let examples =
    plain.map(\.name) + ["P(Wq>0.5)", "P(W>0)", "P(T>2)", "Wq p95"]

  /// The metric of this name, or nil.
  package init?(_ name: String) {
    if let known = Self.plain.first(where: { $0.name == name }) {
      self = known
      return
    }
    if name.hasPrefix("Wq p"), let percent = Double(name.dropFirst(4)), (0...100) ~= percent {
      self = .waitPercentile(percent)
      return
    }
    for (prefix, make) in Self.tails where name.hasPrefix(prefix) && name.hasSuffix(")") {
      guard let t = Double(name.dropFirst(prefix.count).dropLast()), t >= 0, t < 1e9 else {
        return nil
      }
      self = make(t)
      return
    }
    return nil
  }

  private static let tails: [(prefix: String, make: @Sendable (Double) -> OracleMetric)] = [
    ("P(Wq>", { .waitAbove($0) }), ("P(W>", { .waitOfAllAbove($0) }),
    ("P(T>", { .timeAbove($0) }),
  ]

  /// How it is written.
  package var name: String {
    switch self {
    case .meanWait: "E[Wq]"
    case .squaredWait: "E[Wq^2]"
    case .meanWaitOfAll: "E[W]"
    case .meanTime: "E[T]"
    case .meanQueue: "E[Lq]"
    case .waitAbove(let t): "P(Wq>\(Self.text(t)))"
    case .waitOfAllAbove(let t): "P(W>\(Self.text(t)))"
    case .timeAbove(let t): "P(T>\(Self.text(t)))"
    case .waitPercentile(let percent): "Wq p\(Self.text(percent))"
    case .idle: "P(idle)"
    case .dropped: "P(drop)"
    }
  }

  private static func text(_ x: Double) -> String {
    x == x.rounded() ? "\(Int(x))" : "\(x)"
  }

  /// Whether it is the share of queries of some kind.
  package var isShareOfQueries: Bool {
    switch self {
    case .waitAbove, .waitOfAllAbove, .timeAbove, .dropped: true
    default: false
    }
  }
}

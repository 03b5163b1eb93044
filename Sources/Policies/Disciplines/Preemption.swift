package import Cluster
package import EventEngine

/// The parameters that every discipline which may preempt has, and what they mean: at a step boundary a
/// waiting query takes the place of a running one whose rank lies more than a margin behind its own.
package struct Preemption: Hashable, Sendable {
  let isOn: Bool
  /// In nanoseconds, or ranks where ranks are no times.
  let margin: Int64

  static let switchParameter = PolicyParameter(
    "preempt", .choice(["never", "between-steps"]), default: .choice("never"),
    "between-steps = a running query gives its place up at a step boundary, and keeps what is done")
  static let marginParameter = PolicyParameter(
    "margin", .duration, default: .duration(.zero),
    "how far behind a running query must be to give its place up; more means fewer changes (Assumed)"
  )

  /// A running query keeps its place.
  package static let never = Preemption(isOn: false, margin: 0)

  /// Off or on, where a rank is so far behind: nanoseconds, or ranks that are no times.
  package init(isOn: Bool, margin: Int64) {
    self.isOn = isOn
    self.margin = margin
  }

  /// What is wrong with a discipline's arguments; nil where nothing is.
  static func contradiction(in arguments: PolicyArguments) -> PolicyEntry.Contradiction? {
    guard arguments.choice("preempt") == "never", arguments.isGiven("margin") else { return nil }
    return .init("margin", "nobody gives a place up with 'preempt: never': 'margin' has no effect")
  }

  /// A discipline by its arguments, unless they contradict each other.
  static func made(
    by arguments: PolicyArguments, _ make: (Preemption) -> any QueueDiscipline
  ) -> Result<PolicyPart, PolicyEntry.Contradiction> {
    if let contradiction = contradiction(in: arguments) { return .failure(contradiction) }
    return .success(.discipline(make(Preemption(arguments))))
  }

  init(_ arguments: PolicyArguments, hasMargin: Bool = true) {
    isOn = arguments.choice("preempt") == "between-steps"
    margin = hasMargin ? arguments.duration("margin").nanoseconds : 0
  }

  func takes(_ waiting: Priority, placeOf running: Priority) -> Bool {
    let (limit, hasOverflowed) = waiting.rank.addingReportingOverflow(margin)
    return isOn && !hasOverflowed && limit < running.rank
  }
}

/// A discipline under which a waiting query takes a running one's place where its rank is so much smaller.
package protocol PreemptiveDiscipline: QueueDiscipline {
  /// Whether it preempts at all, and from which difference on.
  var preemption: Preemption { get }
}

extension PreemptiveDiscipline {
  /// As chosen.
  package var isPreemptive: Bool { preemption.isOn }

  /// Where the running query's rank is behind by more than the margin.
  package func preempts(
    _ waiting: QueryView, _ running: QueryView, at now: SimulationTime
  ) -> Bool {
    preemption.takes(priority(of: waiting, at: now), placeOf: priority(of: running, at: now))
  }
}

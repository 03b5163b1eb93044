package import Results
package import Scenarios
import Workload

/// A setting of a scenario that has no effect on an experiment, and why.
package struct IdleSetting: Hashable, Sendable {
  /// Its path in the scenario.
  package let path: String
  /// Why it has none, as the rest of a sentence.
  package let reason: String

  /// The note that results carry.
  package var note: Note { .noEffect(path: path, reason: reason) }

  /// What a scenario gives at a path; `*` stands for any key.
  package static func all(at path: String, of scenario: Scenario, _ reason: String) -> [IdleSetting]
  {
    scenario.given(path).map { IdleSetting(path: $0, reason: reason) }
  }
}

/// What of a scenario's settings an experiment has no use for, given its queries, its cluster and its policies. What can
/// have no effect by the scenario's text alone is refused where it is read.
struct IdleSettings {
  let scenario: Scenario
  let streams: QueryStreams
  /// Nil for generated arrivals.
  let rows: OwnValues?
  private(set) var found: [IdleSetting] = []

  static func find(_ scenario: Scenario, streams: QueryStreams) -> [IdleSetting] {
    var settings = IdleSettings(
      scenario: scenario, streams: streams, rows: streams.trace.map(OwnValues.init))
    settings.ofQueries()
    settings.ofWorkload()
    settings.ofClasses()
    settings.ofModels()
    settings.ofQuality()
    settings.ofCluster()
    settings.ofPolicies()
    return settings.found
  }

  /// Notes that what is given at a path is idle, unless `isUsed`; `*` stands for any key.
  mutating func note(_ path: String, unless isUsed: Bool = false, _ reason: String) {
    if !isUsed { found += IdleSetting.all(at: path, of: scenario, reason) }
  }
}

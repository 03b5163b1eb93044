import Cluster

/// Every policy part there is. A new one is a new file and one line here.
package enum PolicyRegistry {
  /// In the order of documentation.
  package static let entries: [PolicyEntry] = [
    FixedSteps.entry,
    FewSteps.entry,
    SlackSteps.entry,
    LoadSteps.entry,
    EntropySteps.entry,
    EntropyProbe.entry,
    CascadeSteps.entry,
    RegenerateSteps.entry,
    ParallelSteps.entry,
    DiffServeSteps.entry,
    ApproximateCaching.entry,
    AccuracyScaling.entry,
    PromptApproximation.entry,
    RoundParallelSteps.entry,
    PredictedSteps.entry,
    NoFinish.entry,
    JumpFinish.entry,
    ReservedFinish.entry,
    RespaceFinish.entry,
    RoundRobin.entry,
    RandomDispatch.entry,
    JoinShortestQueue.entry,
    PowerOfTwoChoices.entry,
    LeastWorkLeft.entry,
    EarliestFinish.entry,
    FirstComeFirstServed.entry,
    EarliestDeadlineFirst.entry,
    LeastSlackFirst.entry,
    RelativeSlackFirst.entry,
    ShortestJobFirst.entry,
    PreemptiveShortestJobFirst.entry,
    ShortestRemainingFirst.entry,
    PriorityDiscipline.entry,
    AcceptAll.entry,
    DropHopeless.entry,
    QueueLimit.entry,
    Abandonment.entry,
    NoBatching.entry,
    StaticBatching.entry,
    ContinuousBatching.entry,
    DeadlineBatching.entry,
    NoPipelining.entry,
    CPUGPUPipelining.entry,
    RetryLost.entry,
    DropLost.entry,
    NoScaling.entry,
    ScheduledScaling.entry,
    ReactiveScaling.entry,
  ]

  /// Policies of several parts.
  package static let presets: [PolicyPreset] = [
    QoSDiff.preset, DiffServeSteps.preset, ApproximateCaching.preset, AccuracyScaling.preset,
    PromptApproximation.preset, RoundParallelSteps.preset, RelativeSlackFirst.preset,
    Clockwork.preset, PredictedSteps.preset,
  ]

  /// The entries that fill a part.
  package static func entries(of kind: PolicyKind) -> [PolicyEntry] {
    entries.filter { $0.kind == kind }
  }

  /// The entry with this name, or nil.
  package static func entry(_ kind: PolicyKind, _ name: String) -> PolicyEntry? {
    entries.first { $0.kind == kind && $0.name == name }
  }
}

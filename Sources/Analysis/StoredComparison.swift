import Cluster
package import Diagnostics
package import Results

/// A comparison of runs that a database holds already, of finished and interrupted experiments alike.
package struct StoredComparison: Sendable {
  /// What the runs have in common; its replications are those that every policy here has.
  package let experiment: StoredExperiment
  /// Means, intervals, ratios and differences.
  package let summaries: [StoredSummary]
  /// What service times rest on, by policy; without those of which a run does not say.
  package let timeBasis: [PolicyTimeBasis]
  /// Policies and replications that are not there; nil where nothing is missing.
  package let missing: String?

  /// What `store` holds of an experiment, made by `program`.
  ///
  /// - Throws: 66 where it holds none of its runs; 65 where the baseline is not among them.
  package init(
    of experiment: StoredExperiment, in store: ResultStore, madeBy program: String?
  ) throws(InputError) {
    let groups = try store.storedRuns().filter {
      $0.experiments[0].content == experiment.content
    }
    let group = groups.first { $0.experiments[0].program == program }
    let comparison = try group.map { group throws(InputError) in
      try Self.comparison(
        group, policies: experiment.policies, baseline: experiment.baseline,
        replications: experiment.replications, path: store.path)
    }
    guard let comparison = comparison ?? nil else {
      throw InputError(
        .missingInput, at: .init(file: store.path),
        groups.isEmpty
          ? "the database holds no run of this scenario, seed, profiles, trace and program version"
          : "what the database holds of this scenario was made by another program",
        hint:
          "leave --stored away to simulate it; 'qosdiff compare \(store.path)' shows what is there")
    }
    self = comparison
  }

  /// All that `store` holds: one comparison for each scenario, seed and program version.
  ///
  /// - Throws: 65 where it holds no run of these policies, or not of the baseline.
  package static func all(
    in store: ResultStore, policies: [String]? = nil, baseline: String? = nil,
    replications: Int? = nil
  ) throws(InputError) -> [StoredComparison] {
    var comparisons: [StoredComparison] = []
    for group in try store.storedRuns() {
      let names = Set(group.runs.map(\.policy))
      if let policies, names.isDisjoint(with: policies) { continue }
      if let comparison = try comparison(
        group, policies: policies, baseline: baseline, replications: replications,
        path: store.path)
      {
        comparisons.append(comparison)
      }
    }
    guard !comparisons.isEmpty else {
      throw InputError(
        .badInput, at: .init(file: store.path),
        "the database holds no run" + (policies == nil ? "" : " of these policies"),
        hint: "'qosdiff compare SCENARIO --db \(store.path)' adds them")
    }
    return comparisons
  }

  private init(
    experiment: StoredExperiment, summaries: [StoredSummary], timeBasis: [PolicyTimeBasis],
    missing: String?
  ) {
    self.experiment = experiment
    self.summaries = summaries
    self.timeBasis = timeBasis
    self.missing = missing
  }

  /// Nil where none of the policies has a run. `replications`: how many there should be; nil = as many as
  /// an experiment asked for.
  private static func comparison(
    _ group: StoredRuns, policies: [String]?, baseline: String?, replications: Int?, path: String
  ) throws(InputError) -> StoredComparison? {
    var experiment = group.experiments[0]
    if let baseline { experiment.baseline = baseline }
    let runs = Dictionary(grouping: group.runs, by: \.policy)
    var names = [experiment.baseline]
    let asked = group.experiments.flatMap(\.policies) + group.runs.map(\.policy)
    for name in policies ?? asked where !names.contains(name) {
      names.append(name)
    }
    let there = names.filter { runs[$0] != nil }
    if there.isEmpty { return nil }
    // A policy that was run alone is shown alone.
    guard runs[experiment.baseline] != nil || baseline == nil && there.count == 1 else {
      throw InputError(
        .badInput, at: .init(file: path),
        "there is no run of the baseline '\(experiment.baseline)' of '\(experiment.name)'",
        hint: Suggestion.hint(for: experiment.baseline, in: runs.keys.sorted(), noun: "policy"))
    }
    let wanted = replications ?? group.experiments.map(\.replications).max() ?? 0
    var missing: [String] = []
    var common = Set(0..<wanted)
    for name in names {
      let there = Set((runs[name] ?? []).map(\.replication))
      let absent = (0..<wanted).filter { !there.contains($0) }
      if there.isEmpty {
        missing.append("\(name), all runs")
      } else {
        common.formIntersection(there)
        if !absent.isEmpty { missing.append("\(name), replications \(NumberRanges.text(absent))") }
      }
    }
    names.removeAll { runs[$0] == nil }
    let used = common.sorted()
    guard !used.isEmpty else {
      throw InputError(
        .badInput, at: .init(file: path),
        "the policies of '\(experiment.name)' have no replication in common",
        hint: "name fewer of them with --policies, or finish the comparison")
    }
    let metrics = names.map { name in
      let byReplication = Dictionary(
        (runs[name] ?? []).map {
          ($0.replication, $0.metrics.first { $0.className.isEmpty }?.values)
        },
        uniquingKeysWith: { first, _ in first })
      return used.map { (byReplication[$0] ?? nil) ?? MetricValues() }
    }
    let timeBasis = names.compactMap { name in
      Self.timeBasis(of: name, (runs[name] ?? []).filter { common.contains($0.replication) })
    }
    experiment.replications = used.count
    experiment.notes.append(
      .storedRuns(replications: NumberRanges.text(used)))
    return StoredComparison(
      experiment: experiment, summaries: Summaries.make(policies: names, metrics: metrics),
      timeBasis: timeBasis, missing: missing.isEmpty ? nil : missing.joined(separator: "; "))
  }

  /// Nil where a run does not say.
  private static func timeBasis(of policy: String, _ runs: [StoredRun]) -> PolicyTimeBasis? {
    var sum = BusyByBasis()
    for run in runs {
      guard let busy = run.busyByBasis else { return nil }
      sum.add(busy)
    }
    return PolicyTimeBasis(policy: policy, busy: sum)
  }
}

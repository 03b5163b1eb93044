package import Results

/// At which points of several experiments queues grow, or cannot be told to settle.
package struct QueuePlaces {
  private let comparisons: [(experiment: StoredExperiment, summaries: [StoredSummary])]

  package init(_ comparisons: [(experiment: StoredExperiment, summaries: [StoredSummary])]) {
    self.comparisons = comparisons
  }

  /// What was set for an experiment, or its workload and load; empty where it says none of these.
  package static func place(_ experiment: StoredExperiment) -> String {
    if experiment.point == nil, !experiment.settings.isEmpty {
      return experiment.settings.joined(separator: ", ")
    }
    let load = experiment.offeredLoad.map { "load \(NumberText.short($0))" }
    return [experiment.point?.workload, load].compactMap(\.self).joined(separator: " ")
  }

  /// A sentence for all policies that are alike at the same points.
  package var lines: [String] {
    groups(.growing).map { place, policies in
      "Unsteady\(place): queues grow through the run under \(policies); latencies there depend on the run's "
        + "length and are not shown, and violations do too."
    }
      + groups(.unknown).map { place, policies in
        "Cannot tell\(place) whether queues settle under \(policies): latencies and violations may depend on the "
          + "run's length."
      } + some
  }

  /// Replications in which a queue does not settle, where it does in others.
  private var some: [String] {
    comparisons.flatMap { experiment, summaries in
      summaries.filter { $0.metric == .latencyMean && $0.queue?.state != .growing }.compactMap {
        let text = QueueText.unsettled($0)
        guard !text.isEmpty else { return nil }
        let place = Self.place(experiment)
        return "The queue of \($0.policy)\(place.isEmpty ? "" : " at " + place)\(text)."
      }
    }
  }

  /// Policies with a queue of this state, by the points at which it is.
  private func groups(_ state: QueueState) -> [(place: String, policies: String)] {
    var places: [(policy: String, places: [String])] = []
    for (experiment, summaries) in comparisons {
      for s in summaries where s.metric == .latencyMean && s.queue?.state == state {
        let place = Self.place(experiment)
        if let index = places.firstIndex(where: { $0.policy == s.policy }) {
          if !places[index].places.contains(place) { places[index].places.append(place) }
        } else {
          places.append((s.policy, [place]))
        }
      }
    }
    var groups: [(policies: [String], places: [String])] = []
    for (policy, places) in places {
      if let index = groups.firstIndex(where: { $0.places == places }) {
        groups[index].policies.append(policy)
      } else {
        groups.append(([policy], places))
      }
    }
    return groups.map { group in
      let place = group.places.filter { !$0.isEmpty }.joined(separator: ", ")
      return (place.isEmpty ? "" : " at " + place, group.policies.joined(separator: ", "))
    }
  }
}

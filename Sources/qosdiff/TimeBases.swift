import Diagnostics
import Results

/// What service times of several experiments rest on.
struct TimeBases {
  /// By id.
  var byExperiment: [String: [PolicyTimeBasis]] = [:]
  /// Those of all, in their order.
  var all: [PolicyTimeBasis] = []

  mutating func add(_ own: [PolicyTimeBasis], of id: String) {
    byExperiment[id] = own
    all += own
  }
}

extension ResultStore {
  /// Of each of these experiments.
  func timeBasis(of experiments: [StoredExperiment]) throws(InputError) -> TimeBases {
    var bases = TimeBases()
    for experiment in experiments {
      bases.add(try timeBasis(of: experiment.id), of: experiment.id)
    }
    return bases
  }
}

package import Cluster
package import EventEngine

/// The less loaded of two workers drawn at random.
package struct PowerOfTwoChoices: Dispatcher {
  static let entry = PolicyEntry(
    .dispatcher, "power-of-two-choices",
    summary: "of two different workers drawn at random, the one that holds fewer images",
    reference: "Mitzenmacher, IEEE TPDS 12(10), 2001"
  ) { _ in .success(.dispatcher(PowerOfTwoChoices())) }

  /// The policy.
  package init() {}

  /// Ties go to the first drawn.
  package mutating func chooseWorker(
    for query: QueryView, among cluster: ClusterView, using stream: inout RandomStream
  ) -> WorkerID {
    let takers = cluster.workers.filter { $0.takes(query) }
    let choices = takers.isEmpty ? cluster.workers : takers
    let i = stream.index(below: choices.count)
    guard choices.count > 1 else { return choices[i].id }
    var j = stream.index(below: choices.count - 1)
    if j >= i { j += 1 }
    let held = { (worker: WorkerView) in worker.queuedImages + worker.runningImages }
    return held(choices[j]) < held(choices[i]) ? choices[j].id : choices[i].id
  }
}

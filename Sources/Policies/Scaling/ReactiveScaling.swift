package import Cluster
package import EventEngine

/// As many active accelerators as the work there is asks for.
package struct ReactiveScaling: Controller {
  static let entry = PolicyEntry(
    .scaling, "reactive",
    summary:
      "as many active accelerators as busy ones and the queue ask for, fewer only after a while",
    reference: "After the autoscalers of Kubernetes and Knative; numbers Assumed",
    parameters: [
      PolicyParameter(
        "min", .integer(1...1_000_000), default: .integer(1), "fewest active accelerators"),
      PolicyParameter(
        "max", .integer(1...1_000_000), default: .integer(1_000_000), "most active accelerators"),
      PolicyParameter(
        "queue-per-accelerator", .number(0.1...1000), default: .number(2),
        "images waiting or in service that one accelerator is to have (Assumed)"),
      PolicyParameter(
        "every", .duration, default: .duration(SimulationDuration(seconds: 10)),
        "time between two looks (Assumed)"),
      PolicyParameter(
        "cooldown", .duration, default: .duration(SimulationDuration(seconds: 120)),
        "time for which fewer must be enough before accelerators go (Assumed)"),
    ]
  ) { arguments in
    guard arguments.integer("min") <= arguments.integer("max") else {
      return .failure(.init("min", "min is above max"))
    }
    guard arguments.duration("every") > .zero else {
      return .failure(.init("every", "a look without time between"))
    }
    return .success(.scaling(ReactiveScaling(arguments)))
  }

  let minimum: Int
  let maximum: Int
  let perAccelerator: Double
  let cooldown: SimulationDuration
  let period: SimulationDuration
  /// Since when fewer would have been enough, and the most that were asked for since.
  private var surplusSince: SimulationTime?
  private var maximumSince = 0

  init(_ arguments: PolicyArguments) {
    minimum = arguments.integer("min")
    maximum = arguments.integer("max")
    perAccelerator = arguments.number("queue-per-accelerator")
    cooldown = arguments.duration("cooldown")
    period = arguments.duration("every")
  }

  /// The fewest that there are to be.
  package var maximumAccelerators: Int { minimum }

  /// A period later.
  package func nextReplan(after last: SimulationTime?) -> SimulationTime? {
    (last ?? .zero) + period
  }

  /// Enough for all images that wait or are in service; down to the most that were needed in the cooldown.
  package mutating func replan(_ cluster: ClusterView) -> [Action] {
    let images = cluster.workers.reduce(cluster.centralImages) {
      $0 + $1.queuedImages + $1.runningImages
    }
    let needed = min(max(Int((Double(images) / perAccelerator).rounded(.up)), minimum), maximum)
    let active = cluster.activeCount
    guard needed < active else {
      surplusSince = nil
      return cluster.scaled(to: needed)
    }
    if surplusSince == nil { maximumSince = needed }
    maximumSince = max(maximumSince, needed)
    let since = surplusSince ?? cluster.now
    surplusSince = since
    guard cluster.now - since >= cooldown else { return [] }
    surplusSince = nil
    return cluster.scaled(to: maximumSince)
  }
}

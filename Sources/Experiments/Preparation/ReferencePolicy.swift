import Cluster

/// The scenario's baseline, which defines load, capacity and deadlines: they are the same whichever policies run, and
/// whichever of them ratios are to.
struct ReferencePolicy: Sendable {
  let policy: PolicySet
  /// What its stages take, on its placement.
  let times: ServiceTimes
}

import Cluster

/// Every accelerator is active all the time.
enum NoScaling {
  static let entry = PolicyEntry(
    .scaling, "none", summary: "every accelerator is active all the time"
  ) { _ in .success(.scaling(nil)) }
}

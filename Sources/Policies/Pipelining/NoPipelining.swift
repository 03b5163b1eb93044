import Cluster

/// A worker takes a batch through all stages and takes the next only then.
enum NoPipelining {
  static let entry = PolicyEntry(
    .pipelining, "none",
    summary: "a worker takes a batch through all stages and takes the next only then"
  ) { _ in .success(.pipelining(.none)) }
}

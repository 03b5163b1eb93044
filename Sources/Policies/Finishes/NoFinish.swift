import Cluster

/// A query that stops early is decoded as it stands, with the noise that is left.
enum NoFinish {
  static let entry = PolicyEntry(
    .finish, "none", summary: "a query that stops early is decoded as it stands"
  ) { _ in .success(.finish(.none)) }
}

/// What becomes of a policy's queue through its runs.
public enum QueueState: String, Hashable, Sendable {
  /// It settles: waits do not depend on how long the runs are.
  case steady
  /// It grows: latencies, and violations with them, are the larger the longer the runs are.
  case growing
  /// The runs are too short for their waits to tell.
  case unknown = "cannot tell"
}

/// A policy's queue, as its replications show it.
public struct QueueVerdict: Hashable, Sendable {
  /// All of them together.
  public var state: QueueState
  /// Replications in which the queue grows, or is not seen to settle, by number, from 0.
  public var unsettled: [Int]

  /// A verdict from its parts.
  public init(state: QueueState, unsettled: [Int] = []) {
    self.state = state
    self.unsettled = unsettled
  }
}

extension QueueVerdict {
  /// The numbers of ``unsettled``, as they are stored; nil without any.
  package var unsettledText: String? {
    unsettled.isEmpty ? nil : unsettled.map(String.init).joined(separator: " ")
  }

  /// A verdict as it is stored; nil where there is none.
  package init?(state: String?, unsettled: String?) {
    guard let state = state.flatMap(QueueState.init) else { return nil }
    self.init(
      state: state, unsettled: (unsettled ?? "").split(separator: " ").compactMap { Int($0) })
  }
}

public import EventEngine

/// Serves what a failure destroyed again, from the start.
///
/// The attempts are bounded, since a query that takes longer than nodes last would be started again for ever.
public struct RetryLost: Recovery {
  /// Assumed.
  public static let defaultAttempts = 10

  let attempts: Int

  /// So many times a query is started again.
  public init(attempts: Int = defaultAttempts) { self.attempts = attempts }

  /// Until the attempts are used up.
  public func isRetried(_ query: QueryView, failures: Int, at now: SimulationTime) -> Bool {
    failures <= attempts
  }
}

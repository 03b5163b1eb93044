/// How a trace file is read.
public struct TraceOptions: Hashable, Sendable {
  /// Whether requests that failed in production are replayed, where they say what they asked for.
  public var includeFailed: Bool

  /// The defaults: failed requests are left out, and counted.
  public init(includeFailed: Bool = false) {
    self.includeFailed = includeFailed
  }
}

/// How a trace file is read.
public struct TraceOptions: Hashable, Sendable {
  /// Whether requests that failed in production are replayed, where they say what they asked for.
  public var includeFailed: Bool
  /// Whether columns that the file's format does not know are left out, and named; else they are faults.
  public var ignoreUnknown: Bool

  /// The defaults: failed requests are left out, and counted; unknown columns are faults.
  public init(includeFailed: Bool = false, ignoreUnknown: Bool = false) {
    self.includeFailed = includeFailed
    self.ignoreUnknown = ignoreUnknown
  }
}

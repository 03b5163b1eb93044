/// How a trace file is read.
public struct TraceOptions: Hashable, Sendable {
  /// Whether requests that failed in production are replayed, where they say what they asked for.
  public var includeFailed: Bool
  /// Whether columns that the file's format does not know are left out, and named; else they are faults.
  public var ignoreUnknown: Bool

  /// What unpacks files that are packed by gzip; nil = such files are faults.
  public var unpacking: Unpacking?

  /// The defaults: failed requests are left out, and counted; unknown columns and packed files are faults.
  public init(
    includeFailed: Bool = false, ignoreUnknown: Bool = false, unpacking: Unpacking? = nil
  ) {
    self.unpacking = unpacking
    self.includeFailed = includeFailed
    self.ignoreUnknown = ignoreUnknown
  }
}

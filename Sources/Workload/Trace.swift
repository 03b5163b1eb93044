public import EventEngine

/// A trace ready for replay: its rows in order of arrival, and what became of the file's rows.
public struct Trace: Sendable {
  /// The rows by arrival; rows of equal arrival keep the order of the file.
  public var rows: SpillingArray<TraceRow>
  /// Names of the models; `TraceRow.model` indexes them.
  public var models: [String]
  /// Names of the service classes; `TraceRow.serviceClass` indexes them.
  public var classes: [String]
  /// Name of the format it was read in, or `generated`.
  public var formatName: String
  /// What was read, skipped and changed.
  public var report: TraceReport

  /// A trace from its parts; `rows` must be in order of arrival.
  public init(
    rows: some Sequence<TraceRow>, models: [String] = [], classes: [String] = [],
    formatName: String, report: TraceReport
  ) {
    self.rows = SpillingArray(rows)
    self.models = models
    self.classes = classes
    self.formatName = formatName
    self.report = report
  }

  /// Last arrival - first arrival; zero below two rows.
  public var span: SimulationDuration {
    guard let first = rows.first, let last = rows.last else { return .zero }
    return last.arrival - first.arrival
  }
}

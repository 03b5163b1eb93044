public import EventEngine

/// Makes traces from an arrival process and a mix of queries.
public enum TraceGenerator {
  /// A generated trace: arrivals before `duration`, at most `count`; one of the two must be given,
  /// and the `fault` of `process` and `mix` must be nil.
  ///
  /// The same arguments give the same trace in any process and on any number of threads.
  public static func generate(
    process: ArrivalProcess, mix: QueryMix, duration: SimulationDuration? = nil,
    count: Int? = nil, seed: UInt64, replication: UInt64 = 0
  ) -> Trace {
    let rows = SpillingArray(
      GeneratedRows(
        process: process, mix: mix, duration: duration, count: count, seed: seed,
        replication: replication))
    var report = TraceReport()
    report.rowsInFile = rows.count
    report.rowsReplayed = rows.count
    report.notes = ["generated: no request of a real service is in it"]
    return Trace(
      rows: rows, models: mix.models.map(\.value), classes: mix.classes.map(\.value),
      formatName: "generated", report: report)
  }
}

public import Cluster

/// Keeps what a run reports, for metrics and for the database.
public struct RunRecorder: Observer {
  /// One record for each offered query, in order of ending.
  public private(set) var records: [QueryRecord] = []
  /// What the devices did; complete once the run is over.
  public private(set) var usage = RunUsage()

  /// An empty recorder with room for `capacity` queries.
  public init(capacity: Int = 0) { records.reserveCapacity(capacity) }

  /// Keeps the record.
  public mutating func queryEnded(_ record: QueryRecord) { records.append(record) }

  /// Keeps the usage.
  public mutating func runEnded(_ usage: RunUsage) { self.usage = usage }
}

public import Cluster
public import EventEngine
import Workload

/// Keeps what a run reports, for metrics and for the database.
public struct RunRecorder: Observer {
  /// One record for each offered query, in order of ending.
  public private(set) var records = SpillingArray<QueryRecord>()
  /// What each of them went through, in the same order; empty where it was not asked for.
  public private(set) var journeys = SpillingArray<QueryJourney>()
  /// First and last arrival of those that have ended; nil before.
  public private(set) var arrivals: ClosedRange<SimulationTime>?
  /// What the devices did; complete once the run is over.
  public private(set) var usage = RunUsage()
  /// The run over time; nil where it was not asked for.
  public private(set) var series: RunSeries?
  /// Whether it keeps what queries go through.
  public let wantsJourneys: Bool
  /// Another observer of the same run.
  public private(set) var companion: (any Observer)?

  /// An empty recorder.
  ///
  /// - Parameters:
  ///   - keepsSeries: whether it keeps the run over time.
  ///   - keepsJourneys: whether it keeps what queries go through.
  ///   - companion: is told of everything, too.
  ///   - heldBytes: of records that are held in memory.
  public init(
    keepsSeries: Bool = false, keepsJourneys: Bool = false, companion: (any Observer)? = nil,
    heldBytes: Int = SpillingArray<QueryRecord>.heldBytes
  ) {
    records = SpillingArray(heldBytes: heldBytes)
    if keepsSeries { series = RunSeries() }
    wantsJourneys = keepsJourneys
    self.companion = companion
  }

  /// Where the series or the companion needs them.
  public var wantsSpans: Bool { series != nil || (companion?.wantsSpans ?? false) }
  /// Where the companion needs them.
  public var wantsMembers: Bool { companion?.wantsMembers ?? false }

  /// Keeps the record.
  public mutating func queryEnded(_ record: QueryRecord) {
    records.append(record)
    let arrival = record.query.arrival
    arrivals =
      min(arrivals?.lowerBound ?? arrival, arrival)...max(arrivals?.upperBound ?? arrival, arrival)
    series?.add(record)
    companion?.queryEnded(record)
  }

  /// Keeps it.
  public mutating func journeyEnded(_ journey: QueryJourney) { journeys.append(journey) }

  /// Adds it to the series.
  public mutating func spanEnded(_ span: Span) {
    series?.add(span)
    companion?.spanEnded(span)
  }

  /// Passes it on.
  public mutating func queueChanged(waiting: Int, at time: SimulationTime) {
    companion?.queueChanged(waiting: waiting, at: time)
  }

  /// Keeps the usage.
  public mutating func runEnded(_ usage: RunUsage) {
    self.usage = usage
    companion?.runEnded(usage)
  }
}

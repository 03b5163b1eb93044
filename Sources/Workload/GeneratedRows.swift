public import EventEngine

/// The rows of one replication of a generated workload, made one at a time.
public struct GeneratedRows: Sequence, Sendable {
  private let process: ArrivalProcess
  private let sampler: QuerySampler
  private let end: SimulationTime
  private let count: Int
  private let seed: UInt64
  private let replication: UInt64

  /// Rows that arrive before `duration`, at most `count`; one of the two must be given, and the `fault` of `process`
  /// and `mix` must be nil.
  ///
  /// The same arguments give the same rows in any process and on any number of threads.
  public init(
    process: ArrivalProcess, mix: QueryMix, duration: SimulationDuration? = nil,
    count: Int? = nil, seed: UInt64, replication: UInt64 = 0
  ) {
    precondition(mix.fault == nil, "a query mix that cannot be used")
    precondition(duration != nil || count != nil, "arrivals without end")
    self.process = process
    sampler = QuerySampler(mix, seed: seed, replication: replication)
    end = SimulationTime.zero + (duration ?? TraceLimits.longest)
    self.count = count ?? .max
    self.seed = seed
    self.replication = replication
  }

  /// One row after the other.
  public struct Iterator: IteratorProtocol {
    fileprivate var arrivals: ArrivalSequence
    fileprivate let sampler: QuerySampler
    fileprivate let end: SimulationTime
    fileprivate let count: Int
    fileprivate var index = 0

    /// The next row in order of arrival; nil after the last.
    public mutating func next() -> TraceRow? {
      guard index < count else { return nil }
      let arrival = arrivals.next()
      guard arrival < end else {
        index = count
        return nil
      }
      var row = TraceRow(arrival: arrival)
      sampler.fill(&row, index: index)
      index += 1
      return row
    }
  }

  /// From the first row on.
  public func makeIterator() -> Iterator {
    Iterator(
      arrivals: ArrivalSequence(process, seed: seed, replication: replication), sampler: sampler,
      end: end, count: count)
  }
}

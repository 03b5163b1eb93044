public import Cluster
public import EventEngine
public import Workload

/// What is told of one query.
public protocol PerQuery: BitwiseCopyable, Sendable {
  /// The query.
  var queryID: QueryID { get }
}

extension QueryRecord: PerQuery {
  /// The query.
  public var queryID: QueryID { query.id }
}

extension QueryJourney: PerQuery {
  /// The query.
  public var queryID: QueryID { query }
}

/// Records in order of arrival, from an array in order of ending: each waits for those before it, so that as many
/// are held as one query may overtake.
public struct RecordsByArrival<Record: PerQuery>: Sequence, Sendable {
  private let records: SpillingArray<Record>

  /// Records whose ids are distinct and not negative; those that are missing are passed over at the end.
  public init(_ records: SpillingArray<Record>) { self.records = records }

  /// One record after the other.
  public struct Iterator: IteratorProtocol {
    private var records: SpillingArray<Record>.Iterator
    /// The record of query q lies at q modulo the length.
    private var ring: [Record?] = Array(repeating: nil, count: 64)
    private var due = 0
    private var held = 0

    fileprivate init(_ records: SpillingArray<Record>) {
      self.records = records.makeIterator()
    }

    /// The next record; nil after the last.
    public mutating func next() -> Record? {
      while true {
        if let record = ring[due % ring.count] {
          ring[due % ring.count] = nil
          due += 1
          held -= 1
          return record
        }
        if let record = records.next() {
          let id = Int(record.queryID.rawValue)
          while id - due >= ring.count { grow() }
          ring[id % ring.count] = record
          held += 1
        } else if held > 0 {
          due += 1
        } else {
          return nil
        }
      }
    }

    private mutating func grow() {
      var wider = [Record?](repeating: nil, count: 2 * ring.count)
      for record in ring {
        if let record { wider[Int(record.queryID.rawValue) % wider.count] = record }
      }
      ring = wider
    }
  }

  /// From the first arrival on.
  public func makeIterator() -> Iterator { Iterator(records) }
}

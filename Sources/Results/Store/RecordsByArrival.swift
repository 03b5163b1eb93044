public import Cluster
public import EventEngine
import Workload

/// A record of one query.
protocol PerQuery: BitwiseCopyable, Sendable {
  /// The query.
  var queryID: QueryID { get }
}

extension QueryRecord: PerQuery {
  var queryID: QueryID { query.id }
}

extension QueryJourney: PerQuery {
  var queryID: QueryID { query }
}

/// Records in order of arrival, from an array in order of ending.
public struct RecordsByArrival: Sequence, Sendable {
  private let records: InOrderOfArrival<QueryRecord>

  /// Records whose ids are distinct and not negative; those that are missing are passed over at the end.
  public init(_ records: SpillingArray<QueryRecord>) { self.records = InOrderOfArrival(records) }

  /// One record after the other.
  public struct Iterator: IteratorProtocol {
    // Not generic: other modules would iterate without specialisation.
    fileprivate var records: InOrderOfArrival<QueryRecord>.Iterator

    /// The next record; nil after the last.
    public mutating func next() -> QueryRecord? { records.next() }
  }

  /// From the first arrival on.
  public func makeIterator() -> Iterator { Iterator(records: records.makeIterator()) }
}

/// Records of any kind, one for each query, in order of arrival: each waits for those before it, so that as many are held
/// as one query may overtake.
struct InOrderOfArrival<Record: PerQuery>: Sequence, Sendable {
  private let records: SpillingArray<Record>

  /// Records whose ids are distinct and not negative; those that are missing are passed over at the end.
  init(_ records: SpillingArray<Record>) { self.records = records }

  /// One record after the other.
  struct Iterator: IteratorProtocol {
    private var records: SpillingArray<Record>.Iterator
    /// The record of query q lies at q modulo the length.
    private var ring: [Record?] = Array(repeating: nil, count: 64)
    private var due = 0
    private var held = 0

    fileprivate init(_ records: SpillingArray<Record>) {
      self.records = records.makeIterator()
    }

    /// The next record; nil after the last.
    mutating func next() -> Record? {
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
  func makeIterator() -> Iterator { Iterator(records) }
}

@testable import Cluster
import EventEngine
import Testing
import Workload

import Results

@Suite struct RecordsByArrivalTests {
  private func record(_ id: Int) -> QueryRecord {
    let query = Query(
      id: QueryID(rawValue: Int32(id)), arrival: SimulationTime(nanoseconds: Int64(id)), slo: .zero,
      model: ModelID(rawValue: 0), size: ImageSize(height: 8, width: 8), images: 1, steps: 1)
    return QueryRecord(
      query: query, outcome: .completed, start: nil, end: query.arrival, evaluations: 1, parts: 1,
      firstStep: 0, finish: .none, latentError: nil, worker: nil)
  }

  @Test(arguments: [1, 3, 60, 1000])
  func comeInOrderHoweverTheyEnded(spread: Int) {
    var random = RandomStream(seed: 5, stream: RandomStreamID(rawValue: 9))
    let ids = (0..<2000).sorted { $0 / spread < $1 / spread }
      .enumerated().map {
        (key: $0.offset / spread * 10_000 + random.index(below: 9999), id: $0.element)
      }
      .sorted { $0.key < $1.key }.map(\.id)
    let records = SpillingArray(ids.map(record), heldBytes: 1000)
    #expect(RecordsByArrival(records).map(\.query.id.rawValue) == Array(0..<2000))
  }

  @Test func passOverWhatIsMissing() {
    let records = SpillingArray([900, 5, 70, 3].map(record))
    #expect(RecordsByArrival(records).map(\.query.id.rawValue) == [3, 5, 70, 900])
    #expect(Array(RecordsByArrival(SpillingArray<QueryRecord>())).isEmpty)
  }
}

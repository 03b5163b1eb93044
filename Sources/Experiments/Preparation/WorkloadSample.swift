import Cluster
import EventEngine
import Workload

/// What an experiment must know of its queries before it runs: of the trace's, or of the first replication's, before the
/// load's factor and without SLOs.
struct WorkloadSample {
  let stream: QueryStream
  private(set) var count = 0
  /// How many there are of each kind, in order of first arrival.
  private(set) var kinds: [(kind: QueryKind, count: Int)] = []
  /// In order of first arrival.
  private(set) var shapes: [Shape] = []

  /// - Complexity: O(number of queries).
  init(_ stream: QueryStream) {
    self.stream = stream
    var places = Memo<QueryKind, Int>()
    var known: Set<Shape> = []
    for query in stream {
      let kind = query.kind
      let new = kinds.count
      let place = places.value(of: kind) { new }
      if place == new {
        kinds.append((kind, 0))
        let shape = Shape(model: stream.models[Int(query.model.rawValue)], size: query.size)
        if known.insert(shape).inserted { shapes.append(shape) }
      }
      kinds[place].count += 1
      count += 1
    }
  }

  var maximumImages: Int { kinds.reduce(1) { max($0, Int($1.kind.images)) } }

  /// Queries of the kinds for which `isCounted` is true.
  func count(where isCounted: (QueryKind) -> Bool) -> Int {
    kinds.reduce(0) { isCounted($1.kind) ? $0 + $1.count : $0 }
  }
}

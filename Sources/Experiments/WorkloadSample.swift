import Cluster
import EventEngine
import Workload

/// What an experiment must know of its queries before it runs: of the first replication's, before the load's
/// factor and without SLOs.
struct WorkloadSample {
  let stream: QueryStream
  private(set) var count = 0
  /// How many there are of each kind.
  private(set) var kinds: [QueryKind: Int] = [:]
  /// In order of first arrival.
  private(set) var shapes: [Shape] = []
  private var first: Query?

  /// - Complexity: O(number of queries).
  init(_ stream: QueryStream) {
    self.stream = stream
    var run = (kind: QueryKind?.none, count: 0)
    var known: Set<Shape> = []
    for query in stream {
      let kind = query.kind
      if kind != run.kind {
        if let old = run.kind { kinds[old, default: 0] += run.count }
        run = (kind, 0)
        let shape = Shape(model: stream.models[Int(query.model.rawValue)], size: query.size)
        if known.insert(shape).inserted { shapes.append(shape) }
        if first == nil { first = query }
      }
      run.count += 1
      count += 1
    }
    if let kind = run.kind { kinds[kind, default: 0] += run.count }
  }

  var mostImages: Int { kinds.keys.reduce(1) { max($0, Int($1.images)) } }

  /// The stream, or where its queries are all alike, as many copies of the first: nothing is drawn again.
  var queries: QueryStream {
    guard kinds.count == 1, let first else { return stream }
    let count = count
    return QueryStream(models: stream.models, classes: stream.classes) {
      var left = count
      return AnyIterator {
        left -= 1
        return left >= 0 ? first : nil
      }
    }
  }

  /// Queries of the kinds for which `isCounted` is true.
  func count(where isCounted: (QueryKind) -> Bool) -> Int {
    kinds.reduce(0) { isCounted($1.key) ? $0 + $1.value : $0 }
  }
}

import EventEngine
import LatencyProfiles

/// In which order idle workers are offered a query: those first on which it would take least, standing alone; of
/// equal ones the first.
struct WakeOrders {
  /// Whether all workers of a pool take the same time for everything: then the order is theirs.
  let areAlike: Bool
  /// Workers in the orders that are known, one order after the other: one array is quicker to reach than several.
  private var workers: [Int]
  private var orderOfKind: [Kind: Int] = [:]
  private let nodeOfWorker: [Int]
  private let poolOfWorker: [Int]
  /// The first worker of each pool.
  private let firstOfPool: [Int]
  private let times: ServiceTimes
  private let placement: Placement

  private struct Kind: Hashable {
    let shape: ShapeID
    let images: Int
    let evaluations: Int
  }

  /// Of workers by node and pool.
  init(nodes: [Int], pools: [Int], times: ServiceTimes, placement: Placement) {
    self.times = times
    self.placement = placement
    nodeOfWorker = nodes
    poolOfWorker = pools
    workers = Array(nodes.indices)
    firstOfPool = times.pools.stages.indices.map { pools.firstIndex(of: $0) ?? 0 }
    areAlike = times.nodesOfPool.allSatisfy { nodes in
      nodes.allSatisfy { times.isAlike($0, nodes[0], placement: placement) }
    }
  }

  /// The worker at a place of an order.
  func worker(_ order: Int, _ place: Int) -> Int { workers[order * nodeOfWorker.count + place] }

  /// The number of the order for a query of so many images and evaluations.
  mutating func order(shape: ShapeID, images: Int, evaluations: Int) -> Int {
    if areAlike { return 0 }
    let kind = Kind(shape: shape, images: images, evaluations: evaluations)
    if let known = orderOfKind[kind] { return known }
    let seconds = times.nodesOfPool.joined().map { (node: $0, time: time(kind, node: $0)) }
    let ofNode = Dictionary(uniqueKeysWithValues: seconds.map { ($0.node, $0.time) })
    let order = nodeOfWorker.indices.sorted { a, b in
      let (first, second) = (ofNode[nodeOfWorker[a]] ?? 0, ofNode[nodeOfWorker[b]] ?? 0)
      return (first, a) < (second, b)
    }
    let known = workers.count / order.count
    let number =
      (0..<known).first { workers[$0 * order.count..<($0 + 1) * order.count].elementsEqual(order) }
      ?? known
    if number == known { workers.append(contentsOf: order) }
    orderOfKind[kind] = number
    return number
  }

  /// The first worker of a pool, in the order for such a query.
  @inline(__always) func fastest(pool: Int, shape: ShapeID, images: Int, evaluations: Int) -> Int {
    if areAlike { return firstOfPool[pool] }
    let kind = Kind(shape: shape, images: images, evaluations: evaluations)
    var best: (worker: Int, time: Int64)?
    for worker in poolOfWorker.indices where poolOfWorker[worker] == pool {
      let time = time(kind, node: nodeOfWorker[worker])
      if let best, best.time <= time { continue }
      best = (worker, time)
    }
    return best?.worker ?? 0
  }

  private func time(_ kind: Kind, node: Int) -> Int64 {
    times.standalone(
      node: NodeID(rawValue: Int32(node)), shape: kind.shape, images: kind.images,
      evaluations: kind.evaluations, placement: placement
    ).nanoseconds
  }
}

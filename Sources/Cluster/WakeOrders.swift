import EventEngine
import LatencyProfiles

/// In which order idle workers are offered a query: those first on which it would take least, standing alone; of
/// equal ones the first.
struct WakeOrders {
  /// Whether all workers of a pool take the same time for everything: then the order is theirs.
  let areAlike: Bool
  /// Workers in the orders that are known.
  private(set) var orders: [[Int]]
  private var orderOfKind: [Kind: Int] = [:]
  private let nodeOfWorker: [Int]
  private let poolOfWorker: [Int]
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
    orders = [Array(nodes.indices)]
    areAlike = times.nodesOfPool.allSatisfy { nodes in
      nodes.allSatisfy { times.isAlike($0, nodes[0], placement: placement) }
    }
  }

  /// The place in ``orders`` of the order for a query of so many images and evaluations.
  mutating func order(shape: ShapeID, images: Int, evaluations: Int) -> Int {
    if areAlike { return 0 }
    let kind = Kind(shape: shape, images: images, evaluations: evaluations)
    if let known = orderOfKind[kind] { return known }
    let seconds = times.nodesOfPool.joined().map { (node: $0, time: time(kind, node: $0)) }
    let ofNode = Dictionary(uniqueKeysWithValues: seconds.map { ($0.node, $0.time) })
    let order = orders[0].sorted { a, b in
      let (first, second) = (ofNode[nodeOfWorker[a]] ?? 0, ofNode[nodeOfWorker[b]] ?? 0)
      return (first, a) < (second, b)
    }
    let place = orders.firstIndex(of: order) ?? orders.count
    if place == orders.count { orders.append(order) }
    orderOfKind[kind] = place
    return place
  }

  /// The first worker of a pool, in the order for such a query.
  func fastest(pool: Int, shape: ShapeID, images: Int, evaluations: Int) -> Int {
    let workers = poolOfWorker.indices.lazy.filter { poolOfWorker[$0] == pool }
    if areAlike { return workers.first ?? 0 }
    let kind = Kind(shape: shape, images: images, evaluations: evaluations)
    var best: (worker: Int, time: Int64)?
    for worker in workers {
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

import EventEngine
import LatencyProfiles

/// Disaggregated stages: from one pool to the next over the network.
extension ClusterSimulation {
  /// Sends the group of worker `w` to the next pool; the worker is free at once.
  mutating func forward(_ w: Int) {
    let pool = Int(workers[w].pool) + 1
    let index = newBatch(workers[w].group, of: w)
    batches[index].stage = pools.stages[pool][0]
    let first = Int(workers[w].group[0])
    let isText = batches[index].stage == .denoise
    let images = imageCount(workers[w].group)
    let node = Int(workers[w].node)
    let (shape, next) = (parts[first].shape, batches[index].stage)
    let count = isText ? workers[w].group.count : images
    let bytes = times.tables.bytes(shape: shape, before: next, images: count)
    let time = transferTime(.network, of: node, bytes: Double(bytes))
    enter(.handOff, workers[w].group)
    // What is on the network is no longer the node's to lose.
    batches[index].isHeld = false
    if wantsSpans, time > .zero {
      report(
        .network, batches[index].stage, of: w, group: workers[w].group, images: images,
        batch: batches[index].number, for: min(time, horizon - loop.now))
    }
    loop.schedule(.poolReached(batch: Int32(index)), after: time)
    release(w)
  }

  /// A group joins the queues of its next pool.
  mutating func enterPool(_ batch: Int) {
    let group = batches[batch].parts
    free(batch)
    for index in group {
      let query = parts[Int(index)].query
      if hasEnded(query) { continue }
      parts[Int(index)].pool += 1
      enter(.waiting, index)
      dispatch(Int(index))
    }
  }
}

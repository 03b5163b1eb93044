import Cluster
import EventEngine
import LatencyProfiles
import Policies
import Workload

/// What the pieces of work must keep to.
extension InvariantCheck {
  mutating func acceleratorsDoOneThing() {
    var free = [SimulationTime](repeating: .zero, count: run.usage.workers.count)
    var busy = [SimulationDuration](repeating: .zero, count: free.count)
    for span in run.spans where span.resource == .accelerator || span.resource == .weights {
      let worker = Int(span.worker.rawValue)
      require(.accelerators, span.start >= free[worker], "\(worker) does two things: \(span.start)")
      free[worker] = max(free[worker], span.end)
      if span.resource == .accelerator { busy[worker] += span.end - span.start }
    }
    require(.accelerators, busy == run.usage.workers.map(\.busyTotal), "busy times")
    let founded = run.usage.workers.map { $0.busyByBasis.reduce(SimulationDuration.zero, +) }
    require(.accelerators, busy == founded, "busy times by what they rest on")
  }

  mutating func coresAreEnough() {
    let nodes = setting.nodes
    var tasks = setting.cluster.nodes.map { _ in [(SimulationTime, SimulationTime)]() }
    for span in run.spans where span.resource == .cpu {
      let node = nodes[Int(span.worker.rawValue)]
      for _ in 0..<setting.cluster.nodes[node].cpuTasks[span.stage.index].cores {
        tasks[node].append((span.start, span.end))
      }
      require(.cores, span.images == 1 && span.members.count == 1, "a task of many images")
    }
    for (node, pool) in run.usage.cpuPools.enumerated() {
      let (busy, most) = Self.swept(tasks[node])
      require(.cores, most <= setting.cluster.nodes[node].cores, "\(most) cores of \(pool.node)")
      require(.cores, busy == Int128(pool.busyTotal.nanoseconds), "busy time of \(pool.node)")
      let founded = pool.busyByBasis.reduce(SimulationDuration.zero, +)
      require(.cores, founded == pool.busyTotal, "\(pool.node): time by what it rests on")
    }
  }

  mutating func batchesKeepTheLimit() {
    for span in run.spans where span.resource == .accelerator {
      if let limit = setting.policy.batching.maximumImages {
        require(.limit, span.images <= limit, "\(span.images) images at \(span.start)")
      } else {
        require(.limit, span.members.count == 1, "\(span.members.count) queries at \(span.start)")
      }
    }
  }

  /// What the parts of one query were given.
  private struct Given {
    var encodings = 0
    /// Evaluations, once a part; and once an image.
    var evaluations = 0
    var imageEvaluations = 0
    var decodings = 0
    var cpuDecodings = 0
    var postProcessings = 0
  }

  mutating func everyImageIsWorkedOn() {
    var given = [Given](repeating: Given(), count: setting.queries.count)
    for span in run.spans where span.resource == .accelerator || span.resource == .cpu {
      var images = 0
      for member in span.members {
        let index = Int(member.rawValue)
        // A part of the limit's images is alone in its batch; in company there are only last parts.
        let own =
          span.members.count == 1 ? span.images : setting.split(setting.queries[index]).last
        images += own
        switch (span.stage, span.resource) {
        case (.encode, _): given[index].encodings += 1
        case (.denoise, _):
          given[index].evaluations += 1
          given[index].imageEvaluations += own
        case (.decode, .accelerator): given[index].decodings += 1
        case (.decode, _): given[index].cpuDecodings += 1
        case (.postProcess, _): given[index].postProcessings += 1
        }
      }
      // Where memory bounds parts, whole ones have company too.
      require(
        .work, span.images == images || setting.hasMemory,
        "\(images) images of members, \(span.images) of a batch")
    }
    for record in run.records { holdWork(of: record, given[Int(record.query.id.rawValue)]) }
  }

  private mutating func holdWork(of record: QueryRecord, _ given: Given) {
    let query = record.query
    let (each, last, parts) = setting.split(query)
    let name = "query \(query.id.rawValue)"
    guard record.outcome == .completed else {
      // A query that is cut off has had no more than all of it; one that is dropped, nothing.
      let isDropped = record.outcome != .inFlight
      if setting.hasFailures { return }
      let isMadeOnce = !setting.policy.steps.requirements.decidesAfterDecode
      require(
        .work, given.encodings <= (isDropped ? 0 : isMadeOnce ? parts : .max),
        "\(name) was encoded")
      require(.work, !isDropped || given.evaluations == 0, "\(name) was denoised")
      require(
        .work, given.postProcessings <= (isDropped ? 0 : Int(query.images)), "\(name) is done")
      return
    }
    // Helpers of a shared step have spans of their own.
    // A mean over parts: the sum is whole, the mean need not be a number of the machine.
    let sum = record.evaluations * Double(parts)
    let told = abs(sum - sum.rounded()) < 1e-9 ? sum.rounded() : sum
    require(
      .work,
      setting.policy.steps.requirements.maximumAccelerators > 1 || setting.hasFailures
        ? Double(given.evaluations) >= told : Double(given.evaluations) == told,
      "\(name) was told \(record.evaluations) evaluations, had \(given.evaluations) of its parts")
    if setting.hasFailures {
      require(.work, given.encodings >= parts, "\(name): \(given.encodings) encodings")
      return
    }
    if setting.policy.steps is FixedSteps, !setting.hasMemory {
      require(
        .work, given.imageEvaluations == Int(query.images) * Int(query.steps),
        "\(name): \(given.imageEvaluations) evaluations of its images")
    }
    require(.work, each * (parts - 1) + last == Int(query.images), "\(name) was split badly")
    let worker = record.worker.map { Int($0.rawValue) } ?? 0
    // Devices of a scenario's nodes have the same stages but for post-processing.
    let node = setting.cluster.nodes[setting.nodes[worker]]
    // What is made again is encoded again.
    let isMadeOnce = !setting.policy.steps.requirements.decidesAfterDecode
    if setting.policy.placement.decodeOnCPU {
      let decoded = given.cpuDecodings
      let isComplete = isMadeOnce ? decoded == Int(query.images) : decoded >= Int(query.images)
      require(.work, isComplete, "\(name) decodes on a CPU")
      require(.work, given.decodings == 0, "\(name) decodes twice")
    } else {
      require(
        .work, given.decodings == given.encodings, "\(name): \(given.decodings) decodings")
      require(.work, given.cpuDecodings == 0, "\(name) decodes twice")
    }
    require(
      .work, isMadeOnce ? given.encodings == parts : given.encodings >= parts,
      "\(name): \(given.encodings) encodings")
    guard parts == 1 || Set(setting.cluster.nodes.map { hasPostProcessing($0) }).count == 1 else {
      return
    }
    require(
      .work, given.postProcessings == (hasPostProcessing(node) ? Int(query.images) : 0),
      "\(name): \(given.postProcessings) images post-processed")
  }

  private func hasPostProcessing(_ node: NodeConfiguration) -> Bool {
    if case .absent = node.cpu.stages[Stage.postProcess.index] { return false }
    return true
  }
}

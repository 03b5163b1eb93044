package import Cluster
package import EventEngine
import LatencyProfiles
package import LatentDynamics
package import Results
import Workload

/// A model that makes images in the place of the one asked for, and what is published of the quality of both.
package struct LightModel {
  /// What its images take at most; nil where a policy has none, and all of its images are the heavy model's.
  let evaluations: Int?
  let quality: CascadeQuality?

  package init(evaluations: Int?, quality: CascadeQuality?) {
    self.evaluations = evaluations
    self.quality = quality
  }
}

/// A run's metrics, from its records and usage.
package enum RunMetrics {
  /// Metrics of the queries that arrived at or after `warmup`; of one class, if given.
  package static func values(
    of recorder: RunRecorder, warmup: SimulationTime, quality: QualityMeter? = nil,
    light: LightModel? = nil, serviceClass: UInt16? = nil
  ) -> MetricValues {
    var metrics = MetricValues()
    let usage = recorder.usage
    let window = (usage.end - warmup).seconds
    var latencies = Quantiles()
    var sums = Sums()
    sums.light = light
    var windowed = Windowed(recorder, warmup)
    for record in recorder.records {
      if let serviceClass, record.query.serviceClass != serviceClass { continue }
      windowed.take(record)
      guard record.query.arrival >= warmup else { continue }
      sums.take(record)
      if record.outcome == .completed { latencies.add(record.latency.nanoseconds) }
    }
    let offered = Double(sums.offered)
    metrics[.offered] = offered
    metrics[.completed] = Double(sums.completed)
    metrics[.dropped] = Double(sums.dropped)
    metrics[.inFlight] = Double(sums.inFlight)
    if sums.offered > 0 {
      let violation = Double(sums.late + sums.dropped) / offered
      metrics[.violationRatio] = violation
      metrics[.attainment] = 1 - violation
      metrics[.dropRatio] = Double(sums.dropped) / offered
      metrics[.waitMean] = sums.wait.mean
    }
    if sums.completed > 0 {
      metrics[.latencyMean] = sums.latency.mean
      metrics[.stepsMean] = sums.steps.mean
      let quantiles = latencies.quantiles([0.5, 0.9, 0.95, 0.99]).map { $0 / 1e9 }
      metrics[.latencyP50] = quantiles[0]
      metrics[.latencyP90] = quantiles[1]
      metrics[.latencyP95] = quantiles[2]
      if let light {
        let share = Double(sums.lightImages) / Double(sums.images)
        if light.evaluations != nil { metrics[.lightShare] = share }
        if light.evaluations != nil || sums.isAllComplete {
          metrics[.cascadeFID] = light.quality?.score(lightShare: share)
        }
      }
      if sums.completed >= Metric.fewestForP99 { metrics[.latencyP99] = quantiles[3] }
    }
    metrics[.latencyP99Offered] = p99OfOffered(&latencies, sums)
    if window > 0 {
      metrics[.throughputQueries] = Double(windowed.queries) / window
      metrics[.throughputImages] = Double(windowed.images) / window
      metrics[.goodputImages] = Double(windowed.imagesOnTime) / window
      metrics[.queueLengthMean] = windowed.queueLength(until: usage.end)
    }
    metrics[.throughputSustained] = windowed.sustained
    metrics[.waitGrowth] = SteadyState.waitGrowth(recorder, warmup, serviceClass)
    if let queues = QueueGrowth(recorder, from: warmup, serviceClass) {
      metrics[.waitOfWorst] = queues.longestWait
      metrics[.queueGrowth] = queues.largestGrowth
    }
    metrics[.warmup] = (warmup - SimulationTime.zero).seconds
    quality?.measure(recorder, warmup: warmup, serviceClass: serviceClass, into: &metrics)
    if serviceClass == nil {
      addUsage(usage, window: window, to: &metrics)
      addConditions(usage, images: windowed.images, window: window, to: &metrics)
    }
    return metrics
  }

  /// Latencies of the queries that arrived at or after `warmup` and were completed, in nanoseconds, at these
  /// probabilities; empty without any.
  package static func latencyQuantiles(
    of recorder: RunRecorder, warmup: SimulationTime,
    at probabilities: [Double] = StoredCDF.probabilities
  ) -> [Double] {
    var latencies = Quantiles()
    for record in recorder.records
    where record.query.arrival >= warmup && record.outcome == .completed {
      latencies.add(record.latency.nanoseconds)
    }
    return latencies.quantiles(probabilities)
  }

  private struct Sums {
    var offered = 0
    var completed = 0
    var dropped = 0
    var inFlight = 0
    var late = 0
    var latency = Welford()
    var wait = Welford()
    var steps = Welford()
    /// Nil where no policy has one.
    var light: LightModel?
    var images = 0
    var lightImages = 0
    /// Whether all images are of whole schedules of the length that a cascade's heavy model is published at.
    var isAllComplete = true

    package mutating func take(_ record: QueryRecord) {
      offered += 1
      switch record.outcome {
      case .completed:
        completed += 1
        if !record.isOnTime { late += 1 }
        latency.add(record.latency.seconds)
        steps.add(record.evaluations)
        wait.add(record.wait.seconds)
        if let light {
          images += Int(record.query.images)
          // What goes on to another model has that model's evaluations too.
          if let most = light.evaluations, record.evaluations <= Double(most) {
            lightImages += Int(record.query.images)
          }
          if record.firstStep > 0 || record.finish != .none
            || record.evaluations != Double(CascadeQuality.heavySteps)
          {
            isAllComplete = false
          }
        }
      case .dropped:
        dropped += 1
        wait.add(record.wait.seconds)
      case .inFlight:
        inFlight += 1
        // Cut off by the horizon: late for certain only once its deadline has passed.
        if record.end > record.query.deadline { late += 1 }
      }
    }
  }

  /// The 99th percentile with drops as infinite latencies, and so infinite where 1 % or more are; nil where there
  /// are too few queries.
  private static func p99OfOffered(_ latencies: inout Quantiles, _ sums: Sums) -> Double? {
    let ended = sums.completed + sums.dropped
    guard ended >= Metric.fewestForP99 else { return nil }
    let position = 0.99 * Double(ended - 1)
    guard position <= Double(sums.completed - 1) else { return .infinity }
    return latencies.quantile(position / Double(sums.completed - 1)).map { $0 / 1e9 }
  }

  /// What hardware costs and suffers, where the scenario says something of it.
  private static func addConditions(
    _ usage: RunUsage, images: Int, window: Double, to metrics: inout MetricValues
  ) {
    metrics[.modelLoads] = usage.modelLoads.map { Double($0) }
    metrics[.nodeFailures] = usage.failures.map { Double($0) }
    metrics[.retried] = usage.failures == nil ? nil : Double(usage.retried)
    guard window > 0 else { return }
    let active = usage.workers.reduce(0) { $0 + $1.active.seconds }
    if usage.hasScaling || usage.energy != nil || usage.price != nil {
      metrics[.acceleratorsActive] = active / window
    }
    if usage.hasScaling || usage.failures != nil, active > 0 {
      metrics[.utilisationOfActive] = usage.acceleratorSeconds / active
    }
    guard usage.energy != nil || usage.price != nil else { return }
    guard images > 0 else { return }
    metrics[.energyPerImage] = usage.energy.map { $0 / Double(images) }
    metrics[.costPer1000Images] = usage.price.map { $0 / Double(images) * 1000 }
  }

  private static func addUsage(
    _ usage: RunUsage, window span: Double, to metrics: inout MetricValues
  ) {
    guard span > 0 else { return }
    metrics[.utilisationOfInstalled] =
      usage.acceleratorSeconds / (span * Double(usage.workers.count))
    let cores = usage.cpuPools.reduce(0) { $0 + $1.cores }
    let cpu = usage.cpuPools.reduce(0) { $0 + $1.busyTotal.seconds }
    metrics[.cpuUtilisation] = cpu / (span * Double(cores))
    metrics[.queueLengthMaximum] = Double(usage.maximumWaiting)
    let busiest = busiest(usage)
    metrics[.busiestUtilisation] = busiest / span
    metrics[.busiestIdle] = max(span - busiest, 0)
  }

  /// Time, in seconds, for which the busiest worker or pool had no room for more work: a worker that waits
  /// for its CPU stages, or is blocked by them, takes none.
  private static func busiest(_ usage: RunUsage) -> Double {
    let workers = usage.workers.map {
      ($0.busyTotal + $0.waitingForCPU + $0.blocked).seconds
    }
    let pools = usage.cpuPools.map { $0.busyTotal.seconds / Double(max($0.cores, 1)) }
    return max(workers.max() ?? 0, pools.max() ?? 0)
  }

  /// The busiest resource and its longest stage, such as `accelerator: denoise`; a worker that
  /// waits for its CPU stages counts them as its own time.
  package static func bottleneck(_ usage: RunUsage) -> String {
    let workers = Double(max(usage.workers.count, 1))
    let cores = Double(max(usage.cpuPools.reduce(0) { $0 + $1.cores }, 1))
    var shares: [(name: String, resource: Double, stage: Double)] = []
    let accelerator = usage.workers.reduce(0) {
      $0 + $1.busyTotal.seconds + $1.waitingForCPU.seconds
    }
    let cpu = usage.cpuPools.reduce(0) { $0 + $1.busyTotal.seconds }
    for stage in Stage.allCases {
      let onAccelerator = usage.workers.reduce(0) { $0 + $1.busy[stage.index].seconds }
      let onCPU = usage.cpuPools.reduce(0) { $0 + $1.busy[stage.index].seconds }
      shares.append(
        ("accelerator: \(stage.rawValue)", accelerator / workers, onAccelerator / workers))
      shares.append(("CPU: \(stage.rawValue)", cpu / cores, onCPU / cores))
    }
    let waiting = usage.workers.reduce(0) { $0 + $1.waitingForCPU.seconds }
    shares.append(("accelerator: waiting for CPU", accelerator / workers, waiting / workers))
    let busiest = shares.max { ($0.resource, $0.stage) < ($1.resource, $1.stage) }
    guard let busiest, busiest.stage > 0 else { return "none" }
    return busiest.name
  }
}

extension RunUsage {
  /// Time for which accelerators were busy, all together.
  fileprivate var acceleratorSeconds: Double { workers.reduce(0) { $0 + $1.busyTotal.seconds } }
}

/// The table of metrics: a row each.
extension Metric {
  /// Fewest completed queries for a 99th percentile.
  package static let fewestForP99 = 1000

  /// What is said of it.
  package var entry: MetricEntry {
    switch self {
    case .violationRatio:
      .init(
        title: "SLO violation ratio",
        meaning:
          "queries that ended late or were dropped; one in flight at the horizon counts once its deadline has passed",
        aggregation: .share, over: .offeredQueries, values: .share, better: .less,
        whenQueueGrows: .dependsOnLength, event: .violation)
    case .attainment:
      .init(
        title: "SLO attainment", meaning: "queries that ended on time: 1 less the violation ratio",
        aggregation: .share, over: .offeredQueries, values: .share, better: .more,
        whenQueueGrows: .dependsOnLength, terminalRow: .never, event: .violation)
    case .dropRatio:
      .init(
        title: "drop ratio", meaning: "queries that were given up", aggregation: .share,
        over: .offeredQueries, values: .share, better: .less, whenQueueGrows: .dependsOnLength,
        hasRatio: false, event: .drop)
    case .latencyMean:
      .init(
        title: "latency, mean", unit: "s", meaning: "from arrival to the end of post-processing",
        aggregation: .mean, over: .completedQueries, better: .less, whenQueueGrows: .withheld)
    case .latencyP50:
      .init(
        title: "latency, p50", unit: "s", meaning: "the median", aggregation: .percentile(50),
        over: .completedQueries, better: .less, whenQueueGrows: .withheld)
    case .latencyP90:
      .init(
        title: "latency, p90", unit: "s", aggregation: .percentile(90), over: .completedQueries,
        better: .less, whenQueueGrows: .withheld)
    case .latencyP95:
      .init(
        title: "latency, p95", unit: "s", aggregation: .percentile(95), over: .completedQueries,
        better: .less, whenQueueGrows: .withheld)
    case .latencyP99:
      .init(
        title: "latency, p99", unit: "s", meaning: "from 1000 completed queries on",
        aggregation: .percentile(99), over: .completedQueries, better: .less,
        whenQueueGrows: .withheld, missing: .tooFew(least: Metric.fewestForP99, of: .completions))
    case .latencyP99Offered:
      .init(
        title: "latency, p99 offered", unit: "s",
        meaning: "dropped queries have an infinite latency; from 1000 on",
        aggregation: .percentile(99), over: .endedQueries, better: .less, whenQueueGrows: .withheld,
        missing: .tooFew(least: Metric.fewestForP99, of: .queries))
    case .waitMean:
      .init(
        title: "wait, mean", unit: "s", meaning: "from arrival to the first step, or to the drop",
        aggregation: .mean, over: .endedQueries, better: .less, whenQueueGrows: .withheld)
    case .throughputQueries:
      .init(
        title: "throughput, queries", unit: "query/s",
        meaning: "queries completed, from the end of the warm-up to the end of the run",
        aggregation: .rate, over: .time, better: .more, terminalRow: .never)
    case .throughputImages:
      .init(
        title: "throughput", unit: "image/s",
        meaning: "images completed, from the end of the warm-up to the end of the run",
        aggregation: .rate, over: .time, better: .more)
    case .goodputImages:
      .init(
        title: "goodput", unit: "image/s", meaning: "images completed on time", aggregation: .rate,
        over: .time, better: .more, whenQueueGrows: .dependsOnLength)
    case .throughputSustained:
      .init(
        title: "throughput, sustained", unit: "query/s",
        meaning: "queries completed in the last 80 % of the span of arrivals", aggregation: .rate,
        over: .time, better: .more, terminalRow: .never)
    case .utilisationOfInstalled:
      .init(
        title: "utilisation of installed", meaning: "accelerators busy, of all that there are",
        aggregation: .share, over: .acceleratorTime, values: .share)
    case .utilisationOfActive:
      .init(
        title: "utilisation of active", meaning: "accelerators busy, of those that are active",
        aggregation: .share, over: .activeTime, values: .share, terminalRow: .ifAny,
        missing: .missing(reason: .alwaysActive))
    case .cpuUtilisation:
      .init(
        title: "CPU utilisation", meaning: "cores busy", aggregation: .share, over: .coreTime,
        values: .share)
    case .queueLengthMean:
      .init(
        title: "queue length, mean", unit: "query", meaning: "queries that wait for an accelerator",
        aggregation: .mean, over: .time, better: .less, whenQueueGrows: .withheld)
    case .queueLengthMaximum:
      .init(
        title: "queue length, max", unit: "query", meaning: "queries that wait for an accelerator",
        aggregation: .maximum, over: .time, better: .less, whenQueueGrows: .withheld,
        hasRatio: false)
    case .stepsMean:
      .init(
        title: "steps run, mean", unit: "step", meaning: "denoising steps that were run",
        aggregation: .mean, over: .completedQueries)
    case .latentError:
      .init(
        title: "latent error, mean", meaning: "distance to the converged latent, over its norm",
        aggregation: .mean, over: .completedQueries, better: .less, terminalRow: .ifJudged,
        missing: .missing(reason: .noTable))
    case .convergenceMean:
      .init(
        title: "convergence, mean", meaning: "-log10 of the latent error", aggregation: .mean,
        over: .completedQueries, values: .real, better: .more, terminalRow: .ifJudged,
        hasRatio: false, missing: .missing(reason: .noTable))
    case .convergenceP5:
      .init(
        title: "convergence, p5", meaning: "-log10 of the latent error",
        aggregation: .percentile(5), over: .completedQueries, values: .real, better: .more,
        terminalRow: .ifJudged, hasRatio: false, missing: .missing(reason: .noTable))
    case .perceptualScore:
      .init(
        title: "perceptual score (FID)", meaning: "published FID at the mean latent error",
        aggregation: .estimate, over: .completedQueries, better: .less, terminalRow: .ifJudged,
        missing: .missing(reason: .notEstablished))
    case .qualityViolationRatio:
      .init(
        title: "below the quality floor",
        meaning: "images whose convergence is under `quality.floor`", aggregation: .share,
        over: .completedQueries, values: .share, better: .less, terminalRow: .ifAny,
        event: .imageBelowFloor, missing: .missing(reason: .noFloor))
    case .offered:
      .init(
        title: "queries offered", unit: "query", meaning: "arrived after the warm-up",
        aggregation: .count, over: .offeredQueries, hasRatio: false)
    case .completed:
      .init(
        title: "queries completed", unit: "query", aggregation: .count, over: .completedQueries,
        hasRatio: false)
    case .dropped:
      .init(
        title: "queries dropped", unit: "query", aggregation: .count, over: .offeredQueries,
        hasRatio: false)
    case .inFlight:
      .init(
        title: "queries in flight", unit: "query", meaning: "not ended at the horizon",
        aggregation: .count, over: .offeredQueries, terminalRow: .never, hasRatio: false)
    case .waitGrowth:
      .init(
        title: "wait, growth", unit: "s",
        meaning: "wait of the last fifth of arrivals less that of the second", aggregation: .trend,
        over: .offeredQueries, values: .real, terminalRow: .never, hasRatio: false,
        missing: .missing(reason: .noGrowth))
    case .busiestUtilisation:
      .init(
        title: "utilisation of the busiest", meaning: "the busiest worker or CPU pool",
        aggregation: .share, over: .time, values: .share, terminalRow: .never, hasRatio: false)
    case .busiestIdle:
      .init(
        title: "idle time of the busiest", unit: "s",
        meaning: "time for which the busiest worker or CPU pool could take more",
        aggregation: .total, over: .time, terminalRow: .never, hasRatio: false,
        missing: .missing(reason: .burst))
    case .waitOfWorst:
      .init(
        title: "wait of the worst model and class, mean", unit: "s",
        meaning: "of the model and class that waits longest", aggregation: .mean,
        over: .endedQueries, whenQueueGrows: .withheld, terminalRow: .never, hasRatio: false,
        missing: .missing(reason: .noGrowth))
    case .queueGrowth:
      .init(
        title: "queue, relative growth",
        meaning:
          "queries waiting in the last fifth of the span of arrivals less those in the second, over those in the system; the largest of a model and class",
        aggregation: .trend, over: .time, values: .real, terminalRow: .never, hasRatio: false,
        missing: .missing(reason: .noGrowth))
    case .warmup:
      .init(
        title: "warm-up deleted", unit: "s", meaning: "start of the run that is not counted",
        aggregation: .total, over: .time, terminalRow: .unlessZero, hasRatio: false)
    case .loadRealised:
      .init(
        title: "load, realised",
        meaning: "offered work over what the baseline could serve of the same mix",
        aggregation: .rate, over: .time, terminalRow: .never, hasRatio: false,
        missing: .missing(reason: .noRate))
    case .busyPeriods:
      .init(
        title: "busy periods",
        meaning: "from an arrival at an empty cluster until it is empty again", aggregation: .count,
        over: .time, terminalRow: .never, hasRatio: false,
        missing: .missing(reason: .dependentPeriods))
    case .energyPerImage:
      .init(
        title: "energy of an image", unit: "J",
        meaning: "energy of the nodes, over images completed", aggregation: .total, over: .images,
        better: .less, terminalRow: .ifAny, missing: .missing(reason: .noPower))
    case .costPer1000Images:
      .init(
        title: "cost of 1000 images", unit: "USD",
        meaning: "price of the nodes, over images completed", aggregation: .total, over: .images,
        better: .less, terminalRow: .ifAny, missing: .missing(reason: .noPrice))
    case .acceleratorsActive:
      .init(
        title: "accelerators active, mean", meaning: "accelerators that are not switched off",
        aggregation: .mean, over: .time, terminalRow: .ifAny, missing: .missing(reason: .allActive))
    case .modelLoads:
      .init(
        title: "model loads", meaning: "weights brought into an accelerator's memory",
        aggregation: .count, over: .time, terminalRow: .ifAny, hasRatio: false,
        missing: .missing(reason: .noMemory))
    case .nodeFailures:
      .init(
        title: "node failures", aggregation: .count, over: .time, terminalRow: .ifAny,
        hasRatio: false, missing: .missing(reason: .noFailures))
    case .retried:
      .init(
        title: "queries retried", unit: "query", meaning: "queries that a failure sent back",
        aggregation: .count, over: .offeredQueries, terminalRow: .ifAny, hasRatio: false,
        missing: .missing(reason: .noFailures))
    case .lightShare:
      .init(
        title: "images of the light model", meaning: "images made by a cascade's light model",
        aggregation: .share, over: .images, values: .share, terminalRow: .ifAny,
        missing: .missing(reason: .oneModel))
    case .cascadeFID:
      .init(
        title: "FID of the cascade, as published", meaning: "published FID at that share",
        aggregation: .estimate, over: .images, better: .less, terminalRow: .ifAny,
        missing: .missing(reason: .notPublished))
    case .violationBound:
      .init(
        title: "SLO violation ratio, lower bound",
        meaning: "the least that any policy could reach (`run.bounds`)", aggregation: .bound,
        over: .offeredQueries, values: .share, terminalRow: .ifAny,
        missing: .missing(reason: .noBounds))
    case .violationAboveBound:
      .init(
        title: "SLO violation ratio above the bound", meaning: "violation ratio less the bound",
        aggregation: .difference, over: .offeredQueries, values: .real, better: .less,
        whenQueueGrows: .dependsOnLength, terminalRow: .ifAny, missing: .missing(reason: .noBounds))
    }
  }
}

import Cluster
import LatencyProfiles

/// The cluster of a scenario, and its nodes.
extension ScenarioShape {
  static let cluster = ValueShape.object([
    .init(
      "queue",
      .variants(
        noun: "queue binding",
        [
          .init("central", nil, standsAlone: true, "a free worker takes the next query"),
          .init(
            "per-worker",
            .object([.init("stealing", .boolean, "idle workers steal; default false")]),
            standsAlone: true, "the dispatcher binds a query at arrival"),
        ]), "where queries wait; default per-worker"),
    .init("nodes", .list(of: node), required: true, "the nodes"),
    .init(
      "failures",
      .list(
        of: .object([
          .init("node", .string, required: true, "name of the node; of many, such as gpu-0"),
          .init("at", .quantity(.duration, .notNegative), required: true, "when it fails"),
          .init("repair", .quantity(.duration, .positive), required: true, "time of repair"),
        ])), "failures at given times; what the node works on is lost"),
    .init(
      "parallelism", .weights(2...1024),
      "what so many accelerators are worth to one query, such as {2: 1.9, 4: 3}; default: DistriFusion's"
    ),
  ])

  private static let node = ValueShape.object([
    .init("name", .string, required: true, "its name; with a count, -0, -1, ... are appended"),
    .init("count", .integer(1...100_000), "how many such nodes; default 1"),
    .init(
      "accelerators",
      .object(
        [.init("count", .integer(1...1024), "accelerators a node; default 1")]
          + device(doing: StagePools.acceleratorStages) + [
            .init("slow_factor", .number(0.01...100), "multiplies all their times; default 1"),
            .init(
              "memory", .quantity(.memory, .positive),
              "of each; it bounds batches, and models that are not there are loaded; default: enough"
            ),
            .init(
              "startup", .quantity(.duration, .notNegative),
              "time from activation to service, where a policy scales; default 0 s"),
            .init("power", power, "of each, for the energy of an image"),
            .init(
              "price", .quantity(.price, .notNegative),
              "of each while it is active, for the cost of images"),
          ]), required: true, "its accelerators, one worker each"),
    .init(
      "cpu",
      .object(
        [.init("cores", .integer(1...4096), "cores in the pool; default 1")]
          + device(doing: [.encode, .decode, .postProcess]) + [
            .init(
              "tasks",
              .object(
                [Stage.encode, .decode, .postProcess].map {
                  .init($0.rawValue, .integer(1...4096), "cores of one task of the stage")
                }),
              "cores that one image's work takes; default: those that the profile was measured on, 1 for post-process"
            ),
            .init(
              "scaling", .weights(2...4096),
              "what so many cores are worth, such as {2: 1.9, 4: 3.4}; default: as the profile measured ('bench --core-scaling'), else as many as they are"
            ),
            .init("power", power, "of each core, for the energy of an image"),
          ]),
      "its CPU pool; default: one core without CPU stages"),
    .init("link", link, "between accelerators and CPU; default: hand-offs take no time"),
    .init(
      "stages", .list(of: .choice(StagePools.acceleratorStages.map(\.rawValue))),
      "what its accelerators do, where encoding, denoising and decoding have pools of their own; default: "
        + "all"),
    .init(
      "models", .list(of: .string), "models that its accelerators serve; default: all"),
    .init(
      "network", link,
      "on the way to the nodes of the next pool; default: hand-overs take no time"),
    .init(
      "disk", .object(transfer),
      "where weights are loaded from, one load at a time; default: over the link to the host"),
    .init(
      "failures",
      .object([
        .init("every", .quantity(.duration, .positive), required: true, "mean time of service"),
        .init("repair", .quantity(.duration, .positive), required: true, "mean time of repair"),
      ]), "exponential times to failure and of repair; what the node works on is lost"),
    .init(
      "stragglers",
      .object([
        .init("every", .quantity(.duration, .positive), required: true, "mean time between spells"),
        .init("lasting", .quantity(.duration, .positive), required: true, "mean length of a spell"),
        .init("factor", .number(1...1000), required: true, "multiplies times of work in a spell"),
      ]), "spells in which an accelerator is slow, each for itself, at exponential times"),
  ])

  private static let power = ValueShape.object([
    .init("idle", .quantity(.power, .notNegative), required: true, "without work"),
    .init("busy", .quantity(.power, .notNegative), required: true, "at work"),
  ])

  private static let link = ValueShape.object(
    [
      .init(
        "sharing", .choice(["none", "fifo"]),
        "none = each transfer has the whole bandwidth; fifo = one after the other; default none")
    ] + transfer)

  private static let transfer: [ValueShape.Field] = [
    .init("bandwidth", .quantity(.bandwidth, .positive), required: true, "of each transfer"),
    .init("latency", .quantity(.duration, .notNegative), "of each transfer; default 0 s"),
  ]

  private static func device(doing stages: [Stage]) -> [ValueShape.Field] {
    [
      .init(
        "profile", .string,
        "profile file, beside the scenario; auto = this machine's own, measured the first time"),
      .init(
        "synthetic",
        .object(stages.map { .init($0.rawValue, distribution, "service time of the stage") }),
        "service times from distributions, instead of a profile"),
    ]
  }

  private static let mean = ValueShape.Field(
    "mean", .quantity(.duration, .positive), required: true, "its mean")

  static let distribution = ValueShape.variants(
    noun: "distribution",
    [
      .init(
        "deterministic", .quantity(.duration, .notNegative), standsAlone: false,
        "always the same"),
      .init("exponential", .object([mean]), standsAlone: false, "exponential"),
      .init(
        "erlang",
        .object([.init("shape", .integer(1...1000), required: true, "number of phases"), mean]),
        standsAlone: false, "sum of exponential phases"),
      .init(
        "hyperexponential", .object([branches]), standsAlone: false,
        "exponential with a mean drawn from branches"),
      .init(
        "uniform",
        .object([
          .init("low", .quantity(.duration, .notNegative), required: true, "smallest value"),
          .init("high", .quantity(.duration, .positive), required: true, "largest value"),
        ]), standsAlone: false, "uniform"),
      .init(
        "discrete", .object([branches]), standsAlone: false, "one of a few values"),
    ])

  private static let branches = ValueShape.Field(
    "branches",
    .list(
      of: .object([
        .init("probability", .number(0...1), required: true, "of this branch; they sum to 1"),
        .init("value", .quantity(.duration, .notNegative), required: true, "value, or mean"),
      ])), required: true, "what is drawn from")
}

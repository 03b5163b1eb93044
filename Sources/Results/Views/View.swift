import Cluster

/// The views of the database: what a user asks of it without learning its tables, and what the CSV files of
/// reports are. Made anew whenever a database is opened for writing, so that they belong to no schema version.
public enum View: String, CaseIterable, Sendable {
  case experiment = "v_experiment"
  case summary = "v_summary"
  case ratio = "v_ratio"
  case violationByLoad = "v_violation_by_load"
  case attainmentBySLOScale = "v_attainment_by_slo_scale"
  case throughputByLoad = "v_throughput_by_load"
  case latencyByLoad = "v_latency_by_load"
  case latencyCDF = "v_latency_cdf"
  case ablation = "v_ablation"
  case qualityByLatency = "v_quality_by_latency"
  case frontier = "v_frontier"
  case overTime = "v_over_time"
  case serviceClass = "v_class"
  case claim = "v_claim"
  case run = "v_run"
  case query = "v_query"
  case latencySource = "v_latency_source"
  case timeBasis = "v_time_basis"
  case note = "v_note"
  case setting = "v_setting"
  case worker = "v_worker"
  case node = "v_node"
  case workerEvent = "v_worker_event"

  /// What a row of it is.
  public var summary: String {
    switch self {
    case .experiment: "a complete comparison: one point of a grid or sweep, or a comparison alone"
    case .summary:
      "a metric of a policy: mean over replications, 95 % interval, ratio to the baseline"
    case .ratio: "a metric's ratio to the baseline, with its paired 95 % interval"
    case .violationByLoad: "a policy's SLO violation ratio at a load"
    case .attainmentBySLOScale: "a policy's SLO attainment at an SLO, which is a scale or a time"
    case .throughputByLoad: "a policy's throughput and goodput at a load"
    case .latencyByLoad: "a policy's latencies at a load"
    case .latencyCDF: "a point of a policy's latency distribution"
    case .ablation: "a metric of a policy over that of the policy it extends"
    case .qualityByLatency: "a policy's latency beside the quality of its images"
    case .frontier:
      "a policy's violations beside its quality, and the policies that are clearly better in one and in neither clearly worse"
    case .overTime: "an interval of a policy's first replication: queue and utilisation"
    case .serviceClass: "a metric of a policy for one class of queries"
    case .claim: "a verdict on a published claim"
    case .run: "one replication of a policy, a column for each metric"
    case .query: "one query of one replication"
    case .latencySource: "a stage's latencies of a profile in use, and where they are from"
    case .timeBasis:
      "the busy time of a policy's accelerators or CPU cores that rests on figures measured, published, derived or assumed, over all replications"
    case .note: "what a reader of a comparison must know, the gravest first"
    case .setting:
      "a value that was set beside the scenario's text: by --set, or as a value of an axis"
    case .worker: "what an accelerator did in one replication"
    case .node: "what a node's accelerators and cores did in one replication"
    case .workerEvent: "an accelerator that comes or goes, by policy or with its node"
    }
  }

  /// Columns that sort its rows: the same order in every database of the same content.
  var order: String {
    let place = "experiment, workload, slo_scale, slo_s, load, settings, experiment_id"
    return switch self {
    case .experiment: place
    case .summary, .ratio, .ablation: place + ", policy_index, metric"
    case .violationByLoad, .attainmentBySLOScale, .throughputByLoad, .latencyByLoad,
      .qualityByLatency, .frontier:
      place + ", policy_index"
    case .latencyCDF: place + ", policy_index, probability"
    case .overTime: place + ", policy_index, replication, start_s"
    case .serviceClass: place + ", class, policy_index, metric"
    case .claim: place + ", policy, claim"
    case .run: place + ", policy_index, replication"
    case .query: place + ", policy_index, replication, query"
    case .latencySource:
      """
      experiment, experiment_id, used_by, CASE stage WHEN 'encode' THEN 0 WHEN 'denoise' THEN 1 \
      WHEN 'decode' THEN 2 ELSE 3 END, provenance
      """
    case .timeBasis:
      place + """
        , policy_index, device_kind, CASE basis WHEN 'measured' THEN 0 WHEN 'published' THEN 1 \
        WHEN 'derived' THEN 2 ELSE 3 END
        """
    case .note:
      place
        + ", CASE severity WHEN 'invalidates' THEN 0 WHEN 'caution' THEN 1 ELSE 2 END, position"
    case .setting: place + ", position"
    case .worker: place + ", policy_index, replication, worker"
    case .node: place + ", policy_index, replication, first_worker"
    case .workerEvent: place + ", policy_index, replication, position"
    }
  }

  /// The statement that makes it; a temporary one stands before the file's of the same name.
  func sql(isTemporary: Bool = false) -> String {
    "CREATE \(isTemporary ? "TEMP " : "")VIEW \(rawValue) AS \(body)"
  }

  private static let place = """
    e.experiment, e.experiment_id, e.workload, e.load, e.slo_scale, e.slo_s, e.settings
    """

  private var body: String {
    let place = Self.place
    switch self {
    case .experiment:
      return """
        SELECT name AS experiment, id AS experiment_id, workload, offered_load AS load, slo_scale, slo_s,
        controls_of, settings, printf('%u', seed) AS seed, replications, baseline, version, load_factor,
        (SELECT sum(extrapolated_batches) FROM run WHERE experiment_id = experiment.id)
        AS extrapolated_batches, notes FROM experiment WHERE is_complete = 1
        """
    case .summary:
      return """
        SELECT \(place), e.controls_of, policy, policy_index, metric, unit, s.replications, mean,
        lower AS ci95_lower, upper AS ci95_upper, coverage AS ci95_coverage,
        replications_with_any, ratio AS ratio_to_baseline,
        ratio_lower AS ratio_ci95_lower, ratio_upper AS ratio_ci95_upper,
        difference AS difference_to_baseline, difference_lower AS difference_ci95_lower,
        difference_upper AS difference_ci95_upper, p_value_holm, queue AS queue_state,
        replications_unsettled, note, note_code
        FROM summary s JOIN v_experiment e USING (experiment_id)
        """
    case .ratio:
      return """
        SELECT \(place), baseline, policy, policy_index, metric, ratio AS ratio_to_baseline,
        ratio_lower AS ratio_ci95_lower, ratio_upper AS ratio_ci95_upper, p_value_holm
        FROM summary s JOIN v_experiment e USING (experiment_id)
        WHERE controls_of IS NULL AND ratio IS NOT NULL
        """
    case .violationByLoad: return Self.pivot([.violationRatio])
    case .attainmentBySLOScale: return Self.pivot([.attainment])
    case .throughputByLoad:
      return Self.pivot([
        .throughputQueries, .throughputSustained, .throughputImages, .goodputImages,
      ])
    case .latencyByLoad:
      return Self.pivot([.latencyMean, .latencyP50, .latencyP95, .latencyP99, .waitMean])
    case .qualityByLatency:
      return Self.pivot([
        .latencyMean, .latencyP99, .stepsMean, .convergenceMean, .convergenceP5, .perceptualScore,
        .qualityViolationRatio,
      ])
    case .frontier:
      // A higher convergence is better, and a lower FID.
      let convergence = (worse: "o.conv_high < p.conv_low", better: "o.conv_low > p.conv_high")
      let fid = (worse: "o.fid_low > p.fid_high", better: "o.fid_high < p.fid_low")
      return """
        WITH point AS (
        SELECT s.experiment_id, policy, policy_index, \(Self.estimate(.violationRatio, "late")),
        \(Self.estimate(.convergenceMean, "conv")), \(Self.estimate(.cascadeFID, "fid"))
        FROM summary s WHERE policy <> '\(Self.bestKnown)' GROUP BY s.experiment_id, policy)
        SELECT \(place), p.policy, p.policy_index, late AS \(Metric.violationRatio.rawValue),
        late - (SELECT mean FROM summary k WHERE k.experiment_id = p.experiment_id
        AND k.policy = '\(Self.bestKnown)' AND k.metric = '\(Metric.violationRatio.rawValue)')
        AS violations_above_best_known,
        conv AS \(Metric.convergenceMean.rawValue),
        CASE WHEN conv IS NULL THEN NULL ELSE
        (SELECT count(*) = 0 FROM point o WHERE \(Self.dominates(convergence))) END AS on_frontier,
        (SELECT group_concat(policy, ', ') FROM (SELECT o.policy FROM point o
        WHERE \(Self.dominates(convergence)) ORDER BY o.policy_index)) AS dominated_by,
        fid AS \(Metric.cascadeFID.rawValue),
        CASE WHEN fid IS NULL THEN NULL ELSE
        (SELECT count(*) = 0 FROM point o WHERE \(Self.dominates(fid))) END AS on_fid_frontier,
        (SELECT group_concat(policy, ', ') FROM (SELECT o.policy FROM point o
        WHERE \(Self.dominates(fid)) ORDER BY o.policy_index)) AS fid_dominated_by
        FROM point p JOIN v_experiment e USING (experiment_id) WHERE controls_of IS NULL
        """
    case .latencyCDF:
      return """
        SELECT \(place), policy, policy_index, probability, c.replications, latency_s,
        lower_s AS ci95_lower_s, upper_s AS ci95_upper_s, \(Self.unsteady) AS is_unsteady
        FROM latency_cdf c JOIN v_experiment e USING (experiment_id) WHERE controls_of IS NULL
        """.replacing("OUTER", with: "c")
    case .ablation:
      return """
        SELECT \(place), a.policy, p.policy_index, a.parent, p.change, a.metric, s.unit,
        s.mean AS value, t.mean AS parent_value, a.ratio AS ratio_to_parent,
        a.lower AS ratio_ci95_lower, a.upper AS ratio_ci95_upper
        FROM ablation a JOIN v_experiment e USING (experiment_id)
        JOIN policy p USING (experiment_id, policy)
        JOIN summary s USING (experiment_id, policy, metric)
        JOIN summary t ON t.experiment_id = a.experiment_id AND t.policy = a.parent
        AND t.metric = a.metric WHERE e.controls_of IS NULL
        """
    case .overTime:
      return """
        SELECT \(place), policy, policy_index, replication, start_ns / 1e9 AS start_s,
        b.end_ns / 1e9 AS end_s, waiting_ns * 1.0 / (b.end_ns - start_ns) AS queue_length,
        in_system_ns * 1.0 / (b.end_ns - start_ns) AS queries_in_system,
        accelerators_ns * 1.0 / (b.end_ns - start_ns)
        / (SELECT count(*) FROM worker WHERE run_id = r.id) AS \(Metric.utilisationOfInstalled.rawValue),
        cores_ns * 1.0 / (b.end_ns - start_ns)
        / (SELECT sum(cores) FROM cpu_pool WHERE run_id = r.id) AS cpu_utilisation
        FROM series b JOIN run r ON r.id = run_id JOIN v_experiment e USING (experiment_id)
        WHERE controls_of IS NULL
        """
    case .serviceClass:
      return """
        SELECT \(place), class, policy, policy_index, metric, unit, c.replications, mean,
        lower AS ci95_lower, upper AS ci95_upper, coverage AS ci95_coverage,
        replications_with_any, ratio AS ratio_to_baseline,
        ratio_lower AS ratio_ci95_lower, ratio_upper AS ratio_ci95_upper, queue AS queue_state, note, note_code
        FROM class_summary c JOIN v_experiment e USING (experiment_id) WHERE controls_of IS NULL
        """
    case .claim:
      return """
        SELECT \(place), policy, claim, threshold, ratio, lower AS ratio_ci95_lower,
        upper AS ratio_ci95_upper, p_value AS p_value_holm, is_reached AS reached, verdict
        FROM claim c JOIN v_experiment e USING (experiment_id)
        """
    case .run:
      let metrics = Metric.allCases.map {
        "max(CASE WHEN metric = '\($0.rawValue)' THEN value END) AS \($0.rawValue)"
      }
      return """
        SELECT \(place), e.controls_of, policy, policy_index, replication, printf('%u', r.seed) AS seed,
        bottleneck,
        r.id AS run_id, \(metrics.joined(separator: ", "))
        FROM run r JOIN v_experiment e USING (experiment_id) JOIN run_metric m ON run_id = r.id
        WHERE class = '' GROUP BY r.id
        """
    case .query:
      return """
        SELECT \(place), policy, policy_index, replication, q.id AS query, arrival_ns / 1e9 AS arrival_s,
        start_ns / 1e9 AS start_s, q.end_ns / 1e9 AS end_s,
        CASE WHEN outcome <> 'in-flight' THEN (q.end_ns - arrival_ns) / 1e9 END AS latency_s,
        deadline_ns / 1e9 AS deadline_s,
        CASE WHEN outcome <> 'in-flight' OR q.end_ns > deadline_ns
        THEN outcome = 'completed' AND q.end_ns <= deadline_ns END AS on_time, outcome, model,
        height AS height_px, width AS width_px, images, steps AS steps_requested, evaluations,
        finish, latent_error, class, worker, source_row AS trace_row, model_made,
        encode_worker, denoise_worker, decode_worker, post_process_worker, evaluations_lost,
        resubmissions, batch_images_mean, batch_images_max, \(Self.stateSeconds)
        FROM query q JOIN run r ON r.id = run_id JOIN v_experiment e USING (experiment_id)
        """
    case .latencySource:
      return """
        SELECT e.experiment, e.experiment_id, use AS used_by, p.name AS profile,
        json_extract(value, '$.stage') AS stage,
        coalesce(json_extract(value, '$.provenance'), p.provenance) AS provenance,
        count(*) AS figures, min(json_extract(value, '$.derivation')) AS derivation, p.device,
        p.source, hash
        FROM experiment_profile JOIN profile p USING (hash) JOIN v_experiment e USING (experiment_id)
        JOIN json_each(p.text, '$.entries')
        GROUP BY e.experiment_id, use, hash, 5, 6
        """
    case .timeBasis: return TimeBasisView.sql(place)
    case .note:
      return """
        SELECT \(place), e.controls_of, position, severity, code, policy, text, arguments
        FROM note n JOIN v_experiment e USING (experiment_id)
        """
    case .setting:
      return """
        SELECT \(place), e.controls_of, position, path, value, number, unit
        FROM setting n JOIN v_experiment e USING (experiment_id)
        """
    case .worker: return UsageViews.worker(place)
    case .node: return UsageViews.node(place)
    case .workerEvent: return UsageViews.workerEvent(place)
    }
  }

  /// A query's time in each state, as columns.
  private static let stateSeconds = QueryState.allCases
    .map { "\($0.name)_ns / 1e9 AS \($0.name)_s" }.joined(separator: ", ")

  /// What the best known schedule is called: it is no policy, and so not on the frontier.
  public static let bestKnown = "best-known"

  /// A metric's mean and the ends of its interval, as columns.
  private static func estimate(_ metric: Metric, _ name: String) -> String {
    [
      ("mean", name), ("coalesce(lower, mean)", name + "_low"),
      ("coalesce(upper, mean)", name + "_high"),
    ]
    .map { "max(CASE WHEN metric = '\(metric.rawValue)' THEN \($0.0) END) AS \($0.1)" }
    .joined(separator: ", ")
  }

  /// Whether point o is clearly better than p in violations or in quality, and clearly worse in neither: clear is what
  /// lies beyond both intervals.
  private static func dominates(_ quality: (worse: String, better: String)) -> String {
    """
    o.experiment_id = p.experiment_id AND NOT (o.late_low > p.late_high) AND NOT (\(quality.worse))
    AND (o.late_high < p.late_low OR \(quality.better))
    """
  }

  /// Whether a policy's queue grows through the run, for a row of OUTER.
  private static let unsteady = """
    (SELECT count(*) FROM summary u WHERE u.experiment_id = OUTER.experiment_id
    AND u.policy = OUTER.policy AND u.metric = 'latency_mean_s' AND u.queue = 'growing')
    """

  /// One row for each experiment and policy: the mean and the interval of each metric.
  private static func pivot(_ metrics: [Metric]) -> String {
    let columns = metrics.flatMap { metric in
      [("mean", ""), ("lower", "_ci95_lower"), ("upper", "_ci95_upper")].map { column, suffix in
        "max(CASE WHEN metric = '\(metric.rawValue)' THEN \(column) END) AS \(metric.rawValue)\(suffix)"
      }
    }
    return """
      SELECT \(place), policy, policy_index, e.replications, \(columns.joined(separator: ", ")),
      \(unsteady.replacing("OUTER", with: "s")) AS is_unsteady
      FROM summary s JOIN v_experiment e USING (experiment_id) WHERE controls_of IS NULL
      GROUP BY s.experiment_id, policy
      """
  }
}

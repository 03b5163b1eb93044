import GRDB

/// The database's schema: append only, one migration a version.
enum Migrations {
  /// Marks a file as a QoSDiff database: 'QOSD'.
  static let applicationID = 0x514F_5344
  /// `PRAGMA user_version` of the newest schema.
  static let newest = 14
  /// Every table, each after those that it refers to.
  static let tables = [
    "profile", "experiment", "experiment_profile", "run", "query", "worker", "cpu_pool",
    "run_metric", "summary", "provenance", "claim", "policy", "class_summary", "latency_cdf",
    "ablation", "series", "note", "setting", "worker_event",
  ]

  static func migrate(_ db: Database) throws {
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    if version < 1 {
      try db.execute(sql: first)
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    }
    if version < 2 { try db.execute(sql: second) }
    if version < 3 { try db.execute(sql: third) }
    if version < 4 {
      try db.execute(sql: fourth)
      try fillPlaces(db)
    }
    if version < 5 { try db.execute(sql: fifth) }
    if version < 6 { try db.execute(sql: sixth) }
    if version < 7 { try db.execute(sql: seventh) }
    if version < 8 { try db.execute(sql: eighth) }
    if version < 9 { try db.execute(sql: ninth) }
    if version < 10 { try db.execute(sql: tenth) }
    if version < 11 { try db.execute(sql: eleventh) }
    if version < 12 {
      try db.execute(sql: twelfth)
      try fillNotes(db)
    }
    if version < 13 {
      try db.execute(sql: thirteenth)
      try fillPoints(db)
    }
    if version < 14 { try db.execute(sql: fourteenth) }
    if version < newest { try db.execute(sql: "PRAGMA user_version = \(newest)") }
    try makeViews(db)
  }

  /// Makes the views that are not as this program has them.
  private static func makeViews(_ db: Database) throws {
    let rows = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_master WHERE type = 'view'")
    let known = Dictionary(
      rows.map { ($0["name"] as String, $0["sql"] as String) }, uniquingKeysWith: { a, _ in a })
    for view in View.allCases where known[view.rawValue] != view.sql() {
      try db.execute(sql: "DROP VIEW IF EXISTS \(view.rawValue); \(view.sql())")
    }
  }

  /// Columns of schema 4 for experiments that older programs stored.
  private static func fillPlaces(_ db: Database) throws {
    for row in try Row.fetchAll(db, sql: "SELECT id, overrides FROM experiment") {
      let lines: String = row["overrides"]
      let overrides = lines.split(separator: "\n").map(String.init)
      let point = MarkedPoint(overrides)
      try db.execute(
        sql: """
          UPDATE experiment SET workload = ?, slo_scale = ?, controls_of = ?, settings = ? WHERE id = ?
          """,
        arguments: [
          point.point?.workload ?? "", point.point?.sloScale, point.point?.controlsOf,
          point.settings.joined(separator: "; "), row["id"] as String,
        ])
    }
  }

  /// What queries went through, what workers did besides their work, and when they came and went; NULL for older runs, and
  /// where queries are not kept.
  private static let fourteenth = """
    ALTER TABLE query ADD COLUMN model_made TEXT;
    ALTER TABLE query ADD COLUMN encode_worker INTEGER;
    ALTER TABLE query ADD COLUMN denoise_worker INTEGER;
    ALTER TABLE query ADD COLUMN decode_worker INTEGER;
    ALTER TABLE query ADD COLUMN post_process_worker INTEGER;
    ALTER TABLE query ADD COLUMN evaluations_lost REAL;
    ALTER TABLE query ADD COLUMN resubmissions INTEGER;
    ALTER TABLE query ADD COLUMN batch_images_mean REAL;
    ALTER TABLE query ADD COLUMN batch_images_max INTEGER;
    ALTER TABLE query ADD COLUMN waiting_ns INTEGER;
    ALTER TABLE query ADD COLUMN displaced_ns INTEGER;
    ALTER TABLE query ADD COLUMN loading_ns INTEGER;
    ALTER TABLE query ADD COLUMN encode_ns INTEGER;
    ALTER TABLE query ADD COLUMN denoise_ns INTEGER;
    ALTER TABLE query ADD COLUMN decode_ns INTEGER;
    ALTER TABLE query ADD COLUMN post_process_ns INTEGER;
    ALTER TABLE query ADD COLUMN hand_off_ns INTEGER;
    ALTER TABLE query ADD COLUMN batch_wait_ns INTEGER;
    ALTER TABLE query ADD COLUMN core_wait_ns INTEGER;
    ALTER TABLE query ADD COLUMN blocked_ns INTEGER;
    ALTER TABLE worker ADD COLUMN loading_ns INTEGER;
    ALTER TABLE worker ADD COLUMN active_ns INTEGER;
    ALTER TABLE worker ADD COLUMN down_ns INTEGER;
    ALTER TABLE worker ADD COLUMN lent_ns INTEGER;
    CREATE TABLE worker_event (
      run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE, position INTEGER NOT NULL,
      time_ns INTEGER NOT NULL, worker INTEGER NOT NULL, event TEXT NOT NULL,
      PRIMARY KEY (run_id, position)
    ) WITHOUT ROWID;
    """

  /// An experiment's point as columns, and its settings as rows. `load_asked` and `slo_s` are NULL where an older program
  /// did not store them.
  private static let thirteenth = """
    ALTER TABLE experiment ADD COLUMN load_asked REAL;
    ALTER TABLE experiment ADD COLUMN slo_s REAL;
    CREATE TABLE setting (
      experiment_id TEXT NOT NULL REFERENCES experiment(id) ON DELETE CASCADE,
      position INTEGER NOT NULL, path TEXT NOT NULL, value TEXT NOT NULL, number REAL, unit TEXT,
      PRIMARY KEY (experiment_id, position)
    ) WITHOUT ROWID;
    """

  /// What older programs kept among the overrides.
  private static func fillPoints(_ db: Database) throws {
    for row in try Row.fetchAll(db, sql: "SELECT id, overrides FROM experiment") {
      let id: String = row["id"]
      let lines: String = row["overrides"]
      let marked = MarkedPoint(lines.split(separator: "\n").map(String.init))
      let settings = marked.settings.map(Setting.init)
      let load = settings.last { $0.path == "workload.load" }?.number
      try db.execute(
        sql: "UPDATE experiment SET overrides = ?, load_asked = ?, slo_s = ? WHERE id = ?",
        arguments: [
          marked.settings.joined(separator: "\n"), marked.point?.load ?? load,
          sloSeconds(of: settings), id,
        ])
      try insert(settings, of: id, db)
    }
  }

  /// The SLO's time, where it was set in seconds or milliseconds: of what a scenario's text says nothing is read.
  private static func sloSeconds(of settings: [Setting]) -> Double? {
    guard let slo = settings.last(where: { $0.path == "query.slo.time" }), let number = slo.number
    else { return nil }
    return slo.unit == "s" ? number : slo.unit == "ms" ? number / 1000 : nil
  }

  static func insert(_ settings: [Setting], of experimentID: String, _ db: Database) throws {
    for (position, setting) in settings.enumerated() {
      try db.execute(
        sql: "INSERT INTO setting VALUES (?,?,?,?,?,?)",
        arguments: [
          experimentID, position, setting.path, setting.value, setting.number, setting.unit,
        ])
    }
  }

  /// A point as programs before schema 13 kept it, among the overrides as `point.KEY=VALUE`.
  private struct MarkedPoint {
    /// The other overrides.
    let settings: [String]
    let point: ExperimentPoint?

    init(_ overrides: [String]) {
      settings = overrides.filter { !$0.hasPrefix("point.") }
      var values: [Substring: String] = [:]
      for override in overrides where override.hasPrefix("point.") {
        let pair = override.dropFirst(6).split(separator: "=", maxSplits: 1)
        if pair.count == 2 { values[pair[0]] = String(pair[1]) }
      }
      guard let workload = values["workload"], let load = values["load"].flatMap(Double.init),
        let scale = values["slo_scale"].flatMap(Double.init)
      else {
        point = nil
        return
      }
      point = ExperimentPoint(
        workload: workload, load: load, sloScale: scale, controlsOf: values["controls_of"])
    }
  }

  /// Notes as values: a code, and figures as a JSON object; `text` is what the program that wrote it made of them.
  private static let twelfth = """
    CREATE TABLE note (
      experiment_id TEXT NOT NULL REFERENCES experiment(id) ON DELETE CASCADE,
      position INTEGER NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL, policy TEXT,
      arguments TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (experiment_id, position)
    ) WITHOUT ROWID;
    ALTER TABLE summary ADD COLUMN note_code TEXT;
    ALTER TABLE summary ADD COLUMN note_arguments TEXT;
    ALTER TABLE class_summary ADD COLUMN note_code TEXT;
    ALTER TABLE class_summary ADD COLUMN note_arguments TEXT;
    """

  /// Notes of older programs, which stored sentences.
  private static func fillNotes(_ db: Database) throws {
    for row in try Row.fetchAll(db, sql: "SELECT id, notes FROM experiment") {
      let lines: String = row["notes"]
      for (position, line) in lines.split(separator: "\n").enumerated() {
        let note = StoredNote(.sentence(text: String(line)))
        try db.execute(
          sql: "INSERT INTO note VALUES (?,?,?,?,NULL,?,?)",
          arguments: [
            row["id"] as String, position, note.code, note.severity.rawValue, note.arguments,
            String(line),
          ])
      }
    }
  }

  /// What becomes of queues; of older ones it is known alone that they grow.
  private static let eleventh =
    ["summary", "class_summary"].map {
      """
      ALTER TABLE \($0) ADD COLUMN queue TEXT;
      ALTER TABLE \($0) ADD COLUMN replications_unsettled TEXT;

      """
    }.joined() + """
      UPDATE summary SET queue = 'growing' WHERE EXISTS (SELECT 1 FROM summary u
      WHERE u.experiment_id = summary.experiment_id AND u.policy = summary.policy
      AND u.note LIKE 'unsteady%');
      """

  /// How often intervals hold the truth, where that is less than 95 %, and in how many replications a share's event
  /// occurred; NULL for older ones, of which it is not known.
  private static let tenth = ["summary", "class_summary"].map {
    """
    ALTER TABLE \($0) ADD COLUMN coverage REAL;
    ALTER TABLE \($0) ADD COLUMN replications_with_any INTEGER;

    """
  }.joined()

  /// Utilisation says of which accelerators.
  private static let ninth = ["run_metric", "summary", "class_summary", "ablation"].map {
    """
    UPDATE \($0) SET metric = 'accelerator_utilisation_installed' WHERE metric = 'accelerator_utilisation';

    """
  }.joined()

  /// Busy time by what it rests on (`TimeBasis`); NULL for runs of older programs, which did not count it.
  private static let eighth = """
    ALTER TABLE worker ADD COLUMN measured_ns INTEGER;
    ALTER TABLE worker ADD COLUMN published_ns INTEGER;
    ALTER TABLE worker ADD COLUMN derived_ns INTEGER;
    ALTER TABLE worker ADD COLUMN assumed_ns INTEGER;
    ALTER TABLE cpu_pool ADD COLUMN measured_ns INTEGER;
    ALTER TABLE cpu_pool ADD COLUMN published_ns INTEGER;
    ALTER TABLE cpu_pool ADD COLUMN derived_ns INTEGER;
    ALTER TABLE cpu_pool ADD COLUMN assumed_ns INTEGER;
    """

  /// Hashes of the rows replayed, NULL without a trace, and of the trajectory table, NULL without one. Older experiments
  /// have neither: their traces were hashed otherwise.
  private static let seventh = """
    ALTER TABLE experiment ADD COLUMN trace TEXT;
    ALTER TABLE experiment ADD COLUMN latents TEXT;
    """

  /// Whether runs were simulated or served for real.
  private static let sixth =
    "ALTER TABLE experiment ADD COLUMN execution TEXT NOT NULL DEFAULT 'simulated';"

  /// What an interrupted experiment must know of its finished runs to go on: their latencies at
  /// ``StoredCDF/probabilities``, as doubles in the machine's order; NULL where they are not kept.
  private static let fifth = "ALTER TABLE run ADD COLUMN latency_quantiles BLOB;"

  /// What reports need: places of experiments, policies' origins, classes, distributions, runs over time.
  private static let fourth = """
    ALTER TABLE experiment ADD COLUMN workload TEXT;
    ALTER TABLE experiment ADD COLUMN slo_scale REAL;
    ALTER TABLE experiment ADD COLUMN controls_of TEXT;
    ALTER TABLE experiment ADD COLUMN settings TEXT;
    ALTER TABLE experiment ADD COLUMN replications_asked INTEGER;
    CREATE TABLE policy (
      experiment_id TEXT NOT NULL REFERENCES experiment(id) ON DELETE CASCADE,
      policy TEXT NOT NULL, policy_index INTEGER NOT NULL, parent TEXT, change TEXT NOT NULL,
      PRIMARY KEY (experiment_id, policy)
    ) WITHOUT ROWID;
    CREATE TABLE class_summary (
      experiment_id TEXT NOT NULL REFERENCES experiment(id) ON DELETE CASCADE, class TEXT NOT NULL,
      policy TEXT NOT NULL, policy_index INTEGER NOT NULL, metric TEXT NOT NULL,
      unit TEXT NOT NULL, replications INTEGER NOT NULL, mean REAL, lower REAL, upper REAL,
      ratio REAL, ratio_lower REAL, ratio_upper REAL, note TEXT,
      PRIMARY KEY (experiment_id, class, policy, metric)
    ) WITHOUT ROWID;
    CREATE TABLE latency_cdf (
      experiment_id TEXT NOT NULL REFERENCES experiment(id) ON DELETE CASCADE,
      policy TEXT NOT NULL, policy_index INTEGER NOT NULL, probability REAL NOT NULL,
      replications INTEGER NOT NULL, latency_s REAL NOT NULL, lower_s REAL, upper_s REAL,
      PRIMARY KEY (experiment_id, policy, probability)
    ) WITHOUT ROWID;
    CREATE TABLE ablation (
      experiment_id TEXT NOT NULL REFERENCES experiment(id) ON DELETE CASCADE,
      policy TEXT NOT NULL, parent TEXT NOT NULL, metric TEXT NOT NULL, ratio REAL NOT NULL,
      lower REAL, upper REAL, PRIMARY KEY (experiment_id, policy, metric)
    ) WITHOUT ROWID;
    CREATE TABLE series (
      run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE, start_ns INTEGER NOT NULL,
      end_ns INTEGER NOT NULL, waiting_ns INTEGER NOT NULL, in_system_ns INTEGER NOT NULL,
      accelerators_ns INTEGER NOT NULL, cores_ns INTEGER NOT NULL, PRIMARY KEY (run_id, start_ns)
    ) WITHOUT ROWID;
    """

  /// Differences to the baseline, and which runs are comparable whatever experiment they belong to.
  private static let third = """
    ALTER TABLE experiment ADD COLUMN content TEXT;
    ALTER TABLE experiment ADD COLUMN policies TEXT;
    ALTER TABLE summary ADD COLUMN difference REAL;
    ALTER TABLE summary ADD COLUMN difference_lower REAL;
    ALTER TABLE summary ADD COLUMN difference_upper REAL;
    ALTER TABLE summary ADD COLUMN p_value_holm REAL;
    """

  /// Quality of images, and claims.
  private static let second = """
    ALTER TABLE query ADD COLUMN latent_error REAL;
    CREATE TABLE claim (
      experiment_id TEXT NOT NULL REFERENCES experiment(id) ON DELETE CASCADE,
      policy TEXT NOT NULL, claim TEXT NOT NULL, threshold REAL NOT NULL, ratio REAL, lower REAL,
      upper REAL, p_value REAL, is_reached INTEGER NOT NULL, verdict TEXT NOT NULL,
      PRIMARY KEY (experiment_id, policy, claim)
    ) WITHOUT ROWID;
    """

  private static let first = """
    CREATE TABLE profile (
      hash TEXT PRIMARY KEY, name TEXT NOT NULL, provenance TEXT NOT NULL, device TEXT NOT NULL,
      source TEXT NOT NULL, text TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE experiment (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, scenario TEXT NOT NULL, overrides TEXT NOT NULL,
      seed INTEGER NOT NULL, replications INTEGER NOT NULL, baseline TEXT NOT NULL,
      version TEXT NOT NULL, load_factor REAL, offered_load REAL, notes TEXT NOT NULL,
      is_complete INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE experiment_profile (
      experiment_id TEXT NOT NULL REFERENCES experiment(id) ON DELETE CASCADE,
      use TEXT NOT NULL, hash TEXT NOT NULL REFERENCES profile(hash),
      PRIMARY KEY (experiment_id, use)
    ) WITHOUT ROWID;
    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      experiment_id TEXT NOT NULL REFERENCES experiment(id) ON DELETE CASCADE,
      policy TEXT NOT NULL, policy_index INTEGER NOT NULL, replication INTEGER NOT NULL,
      seed INTEGER NOT NULL, end_ns INTEGER NOT NULL, bottleneck TEXT NOT NULL,
      offered INTEGER NOT NULL, completed INTEGER NOT NULL, dropped INTEGER NOT NULL,
      in_flight INTEGER NOT NULL, extrapolated_batches INTEGER NOT NULL,
      UNIQUE (experiment_id, policy, replication)
    );
    CREATE TABLE query (
      run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE, id INTEGER NOT NULL,
      arrival_ns INTEGER NOT NULL, start_ns INTEGER, end_ns INTEGER NOT NULL,
      deadline_ns INTEGER NOT NULL, outcome TEXT NOT NULL, model TEXT NOT NULL,
      height INTEGER NOT NULL, width INTEGER NOT NULL, images INTEGER NOT NULL,
      steps INTEGER NOT NULL, evaluations REAL NOT NULL, parts INTEGER NOT NULL,
      class TEXT, worker INTEGER, source_row INTEGER, first_step INTEGER NOT NULL,
      finish TEXT NOT NULL,
      PRIMARY KEY (run_id, id)
    ) WITHOUT ROWID;
    CREATE TABLE worker (
      run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE, id INTEGER NOT NULL,
      node TEXT NOT NULL, encode_ns INTEGER NOT NULL, denoise_ns INTEGER NOT NULL,
      decode_ns INTEGER NOT NULL, waiting_for_cpu_ns INTEGER NOT NULL, blocked_ns INTEGER NOT NULL,
      evaluations INTEGER NOT NULL, image_evaluations INTEGER NOT NULL,
      PRIMARY KEY (run_id, id)
    ) WITHOUT ROWID;
    CREATE TABLE cpu_pool (
      run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE, id INTEGER NOT NULL,
      node TEXT NOT NULL, cores INTEGER NOT NULL, encode_ns INTEGER NOT NULL,
      decode_ns INTEGER NOT NULL, post_process_ns INTEGER NOT NULL,
      PRIMARY KEY (run_id, id)
    ) WITHOUT ROWID;
    CREATE TABLE run_metric (
      run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE, class TEXT NOT NULL,
      metric TEXT NOT NULL, value REAL, PRIMARY KEY (run_id, class, metric)
    ) WITHOUT ROWID;
    CREATE TABLE summary (
      experiment_id TEXT NOT NULL REFERENCES experiment(id) ON DELETE CASCADE,
      policy TEXT NOT NULL, policy_index INTEGER NOT NULL, metric TEXT NOT NULL,
      unit TEXT NOT NULL, replications INTEGER NOT NULL, mean REAL, lower REAL, upper REAL,
      ratio REAL, ratio_lower REAL, ratio_upper REAL, note TEXT,
      PRIMARY KEY (experiment_id, policy, metric)
    ) WITHOUT ROWID;
    CREATE TABLE provenance (
      experiment_id TEXT NOT NULL REFERENCES experiment(id) ON DELETE CASCADE,
      key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (experiment_id, key)
    ) WITHOUT ROWID;
    """
}

import GRDB

/// The database's schema: append only, one migration a version.
enum Migrations {
  /// Marks a file as a QoSDiff database: 'QOSD'.
  static let applicationID = 0x514F_5344
  /// `PRAGMA user_version` of the newest schema.
  static let newest = 3
  /// Every table, each after those that it refers to.
  static let tables = [
    "profile", "experiment", "experiment_profile", "run", "query", "worker", "cpu_pool",
    "run_metric", "summary", "provenance", "claim",
  ]

  static func migrate(_ db: Database) throws {
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    if version < 1 {
      try db.execute(sql: first)
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    }
    if version < 2 { try db.execute(sql: second) }
    if version < 3 { try db.execute(sql: third) }
    try db.execute(sql: "PRAGMA user_version = \(newest)")
  }

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

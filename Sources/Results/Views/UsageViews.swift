/// The statements of ``View/worker``, ``View/node`` and ``View/workerEvent``.
enum UsageViews {
  private static let run = "policy, policy_index, replication"

  /// Busy with a stage, and what else an accelerator's time went to.
  private static let times = [
    "encode", "denoise", "decode", "waiting_for_cpu", "blocked", "loading", "lent", "active",
    "down",
  ]

  static func worker(_ place: String) -> String {
    let seconds = times.map { "w.\($0)_ns / 1e9 AS \($0)_s" }.joined(separator: ", ")
    return """
      SELECT \(place), e.controls_of, \(run), w.id AS worker, w.node, \(seconds), evaluations,
      image_evaluations, r.id AS run_id
      FROM worker w JOIN run r ON r.id = run_id JOIN v_experiment e USING (experiment_id)
      """
  }

  /// Accelerators of a node are next to each other, and nodes have names of their own.
  static func node(_ place: String) -> String {
    // In seconds before they are summed: a sum of whole numbers may be too large for SQLite.
    let sums = times.map { "sum(w.\($0)_ns / 1e9) AS \($0)_s" }.joined(separator: ", ")
    let cores = ["encode", "decode", "post_process"]
      .map { "c.\($0)_ns / 1e9 AS core_\($0)_s" }.joined(separator: ", ")
    return """
      SELECT \(place), e.controls_of, \(run), w.node, count(*) AS accelerators, \(sums), c.cores,
      \(cores), min(w.id) AS first_worker, r.id AS run_id
      FROM worker w JOIN cpu_pool c USING (run_id, node) JOIN run r ON r.id = run_id
      JOIN v_experiment e USING (experiment_id) GROUP BY r.id, w.node
      """
  }

  static func workerEvent(_ place: String) -> String {
    """
    SELECT \(place), e.controls_of, \(run), position, time_ns / 1e9 AS time_s, worker, w.node, event,
    r.id AS run_id FROM worker_event v JOIN run r ON r.id = v.run_id
    JOIN worker w ON w.run_id = v.run_id AND w.id = v.worker
    JOIN v_experiment e USING (experiment_id)
    """
  }
}

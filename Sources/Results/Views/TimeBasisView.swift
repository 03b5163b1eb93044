import LatencyProfiles

/// The statement of ``View/timeBasis``.
enum TimeBasisView {
  /// Rows for what has any time alone. A policy of whose runs some do not say has none: a share of the others' time would
  /// pass for that of all.
  static func sql(_ place: String) -> String {
    let columns = ResultStore.timeBasisColumns
    let devices = BusyByBasis.Device.allCases.map { device in
      "SELECT run_id, '\(device.rawValue)' AS device_kind, \(columns.joined(separator: ", ")) FROM \(device.table)"
    }
    // In seconds before they are summed: a sum of whole numbers may be too large for SQLite.
    let sums = columns.map { "sum(\($0) / 1e9) AS \($0)" }
    let known = columns.map { "count(\($0)) = count(*)" }
    let all = columns.joined(separator: " + ")
    let parts = TimeBasis.allCases.map { basis in
      """
      SELECT experiment_id, policy, policy_index, device_kind, '\(basis.rawValue)' AS basis,
      \(columns[basis.index]) AS busy_s, \(columns[basis.index]) / (\(all)) AS share
      FROM total WHERE \(columns[basis.index]) > 0
      """
    }
    return """
      WITH device AS (\(devices.joined(separator: " UNION ALL "))),
      total AS (SELECT experiment_id, policy, policy_index, device_kind, \(sums.joined(separator: ", "))
      FROM device JOIN run r ON r.id = run_id GROUP BY experiment_id, policy, device_kind
      HAVING \(known.joined(separator: " AND "))),
      part AS (\(parts.joined(separator: " UNION ALL ")))
      SELECT \(place), policy, policy_index, device_kind, basis, busy_s, share
      FROM part JOIN v_experiment e USING (experiment_id) WHERE controls_of IS NULL
      """
  }
}

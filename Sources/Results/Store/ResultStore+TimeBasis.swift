public import Diagnostics
import GRDB
import LatencyProfiles

extension ResultStore {
  /// What the service times of an experiment rest on, by policy in its order; without policies of which some run does
  /// not say, as those of older programs.
  public func timeBasis(of experimentID: String) throws(InputError) -> [PolicyTimeBasis] {
    try read { db in
      let runs = try Row.fetchAll(
        db,
        sql:
          "SELECT id, policy FROM run WHERE experiment_id = ? ORDER BY policy_index, replication",
        arguments: [experimentID])
      var found: [PolicyTimeBasis] = []
      var unknown: Set<String> = []
      for run in runs {
        let policy: String = run["policy"]
        if let busy = try Self.busyByBasis(ofRun: run["id"], db) {
          found.append(PolicyTimeBasis(policy: policy, busy: busy))
        } else {
          unknown.insert(policy)
        }
      }
      return found.merged.filter { !unknown.contains($0.policy) }
    }
  }

  /// What a run's service times rest on; nil where some device does not say.
  static func busyByBasis(ofRun id: Int64, _ db: Database) throws -> BusyByBasis? {
    var busy = BusyByBasis()
    for device in BusyByBasis.Device.allCases {
      let rows = try Row.fetchAll(
        db,
        sql:
          "SELECT \(timeBasisColumns.joined(separator: ", ")) FROM \(device.table) WHERE run_id = ?",
        arguments: [id])
      for row in rows {
        let times = timeBasisColumns.compactMap { row[$0] as Int64? }
        guard times.count == timeBasisColumns.count else { return nil }
        busy.add(times, of: device)
      }
    }
    return busy
  }

  /// Columns of `worker` and `cpu_pool`, in the order of `TimeBasis.index`.
  static let timeBasisColumns = TimeBasis.allCases.map { "\($0.rawValue)_ns" }
}

extension BusyByBasis.Device {
  /// Where each device's times are.
  var table: String { self == .accelerator ? "worker" : "cpu_pool" }
}

package import Cluster
package import EventEngine
import Results
import Workload

/// Times from an arrival at an empty cluster to the moment at which it is empty again.
package enum BusyPeriods {
  /// Those that begin at or after `warmup`, but for the last, which the end of the arrivals cuts short.
  package static func count(_ records: SpillingArray<QueryRecord>, from warmup: SimulationTime)
    -> Int
  {
    var empty: SimulationTime?
    var count = 0
    for record in RecordsByArrival(records) {
      let begins = empty.map { record.query.arrival >= $0 } ?? true
      if begins, record.query.arrival >= warmup { count += 1 }
      empty = max(empty ?? record.end, record.end)
    }
    return max(count - 1, 0)
  }
}

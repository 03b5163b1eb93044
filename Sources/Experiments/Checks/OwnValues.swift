import EventEngine
import Workload

/// How many rows of a trace say themselves what a scenario could say for them.
struct OwnValues {
  private(set) var all = 0
  private(set) var withSteps = 0
  private(set) var withImages = 0
  private(set) var withSize = 0
  private(set) var withModel = 0
  private(set) var withSLO = 0
  /// The classes that rows are of; nil = none.
  private(set) var classes: Set<Int?> = []
  /// Those of which some row has no objective of its own.
  private(set) var classesWithoutSLO: Set<Int?> = []

  /// - Complexity: O(rows).
  init(_ trace: Trace) {
    for row in trace.rows {
      all += 1
      if row.steps != nil { withSteps += 1 }
      if row.images != nil { withImages += 1 }
      if row.height != nil, row.width != nil { withSize += 1 }
      if row.model != nil { withModel += 1 }
      let serviceClass = row.serviceClass.map { Int($0) }
      classes.insert(serviceClass)
      if row.slo != nil {
        withSLO += 1
      } else {
        classesWithoutSLO.insert(serviceClass)
      }
    }
  }
}

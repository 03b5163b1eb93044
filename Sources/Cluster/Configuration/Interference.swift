public import LatencyProfiles

/// How much longer accelerators and cores of a node take while the other kind works beside them.
public struct Interference: Hashable, Sendable {
  /// By stage on the accelerator and stage on a core (`Stage.index`); 1 = none.
  private var ofAccelerator: [[Double]]
  /// By stage on a core and stage on the accelerator.
  private var ofCore: [[Double]]

  /// What was measured of the two kinds; nil where nothing was.
  public init?(
    accelerator: [LatencyProfile.Interference], core: [LatencyProfile.Interference]
  ) {
    if accelerator.isEmpty, core.isEmpty { return nil }
    let tables = [accelerator, core].map { list in
      var table = Stage.allCases.map { _ in Stage.allCases.map { _ in 1.0 } }
      for item in list { table[item.stage.index][item.other.index] = item.factor }
      return table
    }
    (ofAccelerator, ofCore) = (tables[0], tables[1])
  }

  /// What the time of a stage is multiplied by while another runs beside it.
  func factor(of stage: Stage, onCore: Bool, concurrentWith other: Stage) -> Double {
    (onCore ? ofCore : ofAccelerator)[stage.index][other.index]
  }
}

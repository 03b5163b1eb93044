public import EventEngine
public import Workload

/// What a workload's queries ask for on the whole: what policies that plan count on, where a scenario tells them nothing
/// else.
public struct TypicalQuery: Hashable, Sendable {
  /// The model that most of them ask for.
  public var model: ModelID
  /// Its name.
  public var modelName: String
  /// Mean of the denoising steps that they ask for, rounded; at least 1.
  public var steps: Int
  /// Mean of their service-level objectives.
  public var slo: SimulationDuration

  /// A typical query from its parts.
  public init(model: ModelID, modelName: String, steps: Int, slo: SimulationDuration) {
    self.model = model
    self.modelName = modelName
    self.steps = steps
    self.slo = slo
  }
}

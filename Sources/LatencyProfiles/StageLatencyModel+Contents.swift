import Diagnostics
import DiffusionModels

// What a profile has, in a fixed order: read from the list of entries, never from a dictionary.
extension StageLatencyModel {
  /// Names of the models in the profile, in alphabetical order, without `*`.
  public var models: [String] { models(of: nil) }

  /// Sizes of a model that the profile has for a stage, ascending, without 'any'.
  public func sizes(of model: String, stage: Stage = .denoise) -> [LatencyProfile.ImageSize] {
    let sizes = entries(stage, model: model).map(\.size).filter { $0.height > 0 }
    return Set(sizes).sorted()
  }

  /// The guidance modes that the profile has for denoising a model at a size: false before true.
  public func guidanceModes(of model: String, height: Int, width: Int) -> [Bool] {
    guidanceModes(.denoise, model: model, height: height, width: width)
  }

  /// What the profile lacks for a latency, and what it has instead, as half a sentence; nil where
  /// it lacks nothing.
  public func missing(
    stage: Stage, model: String, height: Int, width: Int, guidance: Bool
  ) -> String? {
    let found = latency(
      stage, model: model, height: height, width: width, guidance: guidance, batch: 1)
    if found != nil { return nil }
    let lacks = "profile '\(profile.name)' lacks"
    let known = models(of: stage)
    let isAny = !entries(stage, model: "*").isEmpty
    if known.isEmpty, !isAny { return "\(lacks) the stage \(stage.rawValue)" }
    if !known.contains(model), !isAny {
      let near = Suggestion.nearest(to: model, in: known).map { " (did you mean '\($0)'?)" } ?? ""
      return "\(lacks) model '\(model)' for \(stage.rawValue)\(near); "
        + "it has \(known.joined(separator: ", "))"
    }
    let modes = guidanceModes(stage, model: model, height: height, width: width)
    if let mode = modes.first {
      return "\(lacks) \(stage.rawValue) of '\(model)' \(guidance ? "with" : "without") guidance; "
        + "it has it \(mode ? "with" : "without")"
    }
    if let fault = ModelRegistry.model(named: model)?.sizeFault(height: height, width: width) {
      return "\(lacks) \(stage.rawValue) of '\(model)' at \(height)x\(width); \(fault)"
    }
    let sizes = Set(sizes(of: model, stage: stage) + sizes(of: "*", stage: stage)).sorted()
    return "\(lacks) \(stage.rawValue) of '\(model)' at \(height)x\(width); "
      + "it has \(sizes.map(\.description).joined(separator: ", "))"
  }

  private func models(of stage: Stage?) -> [String] {
    let entries = profile.entries.filter { stage == nil || $0.stage == stage }
    return Set(entries.map(\.model)).subtracting(["*"]).sorted()
  }

  private func entries(_ stage: Stage, model: String) -> [LatencyProfile.Entry] {
    profile.entries.filter { $0.stage == stage && $0.model == model }
  }

  private func guidanceModes(
    _ stage: Stage, model: String, height: Int, width: Int
  ) -> [Bool] {
    let entries = entries(stage, model: model).filter {
      ($0.height, $0.width) == (height, width) || $0.height == 0
    }
    let modes = Set(entries.compactMap(\.guidance))
    return [false, true].filter(modes.contains)
  }
}

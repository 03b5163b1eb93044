package import Diagnostics
import DiffusionModels
package import LatencyProfiles

extension LatencyProfile {
  /// A profile of made-up times in which no stage of any known model is missing: for finding out what a scenario asks
  /// for, before anything has been measured.
  package static func placeholder() throws(InputError) -> LatencyProfile {
    var entries: [Entry] = []
    for model in ModelRegistry.models {
      for stage in [Stage.encode, .denoise, .decode] {
        for guidance in stage.dependsOnGuidance ? [false, true] : [nil] {
          let side = stage == .encode ? 0 : model.nativeSide
          entries.append(
            Entry(
              model: model.name, stage: stage, height: side, width: side, guidance: guidance,
              batch: 1, medianSeconds: 1, provenance: .derived))
        }
      }
    }
    let side = 512
    entries.append(
      Entry(
        model: "*", stage: .postProcess, height: side, width: side, guidance: nil, batch: 1,
        medianSeconds: 1, provenance: .derived))
    return try LatencyProfile(
      name: "placeholder", device: "none", source: "made up", mode: "none", entries: entries)
  }
}

import DiffusionModels
import Foundation

// Sizes that a profile lacks.
extension StageLatencyModel {
  /// The curve of the measured size nearest in pixels, times the ratio of the work at each batch;
  /// nil where the profile has no size of this work, or the work of this one is unknown.
  func scaledCurve(_ key: WorkKey) -> BatchCurve? {
    guard let size = nearestSize(key) else { return nil }
    var known = key
    known.size = size
    guard let curve = curves[known], work(of: key, batch: 1) != nil else { return nil }
    return curve.scaled(from: size) { batch in
      guard let wanted = work(of: key, batch: batch), let measured = work(of: known, batch: batch)
      else { return 1 }
      return wanted / measured
    }
  }

  private func nearestSize(_ key: WorkKey) -> LatencyProfile.ImageSize? {
    let pixels = Double(key.size.height * key.size.width)
    let sizes = Set(
      profile.entries.map { WorkKey($0) }
        .filter { known in
          var same = key
          same.size = known.size
          return same == known && known.size.height > 0
        }.map(\.size))
    return sizes.sorted().min {
      abs(log(Double($0.height * $0.width) / pixels))
        < abs(log(Double($1.height * $1.width) / pixels))
    }
  }

  /// Work in seconds of a roofline: the sum over kernels of the longer of FLOPs and bytes, each at
  /// its peak rate. Only ratios of it are used. Post-processing's work is its pixels.
  private func work(of key: WorkKey, batch: Int) -> Double? {
    if key.stage == .postProcess { return Double(batch * key.size.height * key.size.width) }
    guard let model = ModelRegistry.model(named: key.model),
      model.sizeFault(height: key.size.height, width: key.size.width) == nil
    else { return nil }
    return (profile.roofline ?? .assumed).seconds(
      of: model.graphs(key.stage, size: key.size, guidance: key.guidance ?? false, batch: batch),
      elementBytes: profile.elementBytes)
  }
}

extension LatencyProfile.Roofline {
  /// Assumed, for devices whose roofline nobody measured: 100 floating-point operations take as long
  /// as one byte, between a processor's 10 and an accelerator's 200.
  static let assumed = LatencyProfile.Roofline(gflopPerS: 100_000, gbytePerS: 1000)
}

extension LatencyProfile {
  /// Bytes of a number: 4 where the mode says f32 or fp32, else 2.
  var elementBytes: Int { mode.contains("f32") || mode.contains("fp32") ? 4 : 2 }
}

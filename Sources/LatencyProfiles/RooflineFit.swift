public import Diagnostics
public import DiffusionModels
import Foundation

/// How much of their roofline devices reach in steps that someone published or measured: what a
/// latency can be derived from for a device that has neither.
///
/// A step's bound is the sum over its kernels of the longer of FLOPs and bytes at the device's peak
/// rates. Efficiency = bound / seconds; small batches leave a device partly idle, so each batch has
/// its own: the geometric mean over the points of that batch.
public struct RooflineFit: Sendable {
  /// A known step.
  public struct Point: Sendable, Hashable {
    /// The device.
    public var device: String
    /// Images.
    public var batch: Int
    /// Of one step.
    public var seconds: Double
    /// Least seconds that the step can take at the device's peak rates.
    public var bound: Double
    /// Share of the roofline that it reaches.
    public var efficiency: Double { bound / seconds }
  }

  /// In the order of the profiles and their entries.
  public let points: [Point]
  /// Names of the profiles.
  public let profiles: [String]
  /// Their mode.
  public let mode: String

  /// Bytes of a number: published accelerators run in fp16.
  static let elementBytes = 2

  /// The published and measured steps of these profiles.
  ///
  /// - Throws: `InputError` where they are of different modes, or none has a step of a known model
  ///   on a device in ``PeakRates/published``.
  public init(profiles: [LatencyProfile]) throws(InputError) {
    self.profiles = profiles.map(\.name)
    mode = profiles.first?.mode ?? ""
    if let other = profiles.first(where: { $0.mode != profiles[0].mode }) {
      throw InputError(
        .badInput, at: nil,
        "profiles of different modes: '\(mode)' and '\(other.mode)' (\(other.name))",
        hint: "fit each mode by itself")
    }
    var points: [Point] = []
    var useless: [String] = []
    for profile in profiles {
      guard let rates = PeakRates.of(profile.device) else {
        useless.append("\(profile.name): the peak rates of '\(profile.device)' are not known")
        continue
      }
      let before = points.count
      defer {
        if points.count == before {
          useless.append("\(profile.name): its steps are derived, or of no known model")
        }
      }
      for entry in profile.entries where entry.stage == .denoise && entry.provenance != .derived {
        guard let model = ModelRegistry.model(named: entry.model) else { continue }
        points.append(
          Point(
            device: rates.device, batch: entry.batch, seconds: entry.medianSeconds,
            bound: Self.bound(
              model, .denoise, size: entry.size, guidance: entry.guidance ?? false,
              batch: entry.batch, rates.peak)))
      }
    }
    if points.isEmpty {
      throw InputError(
        .badInput, at: nil,
        "no published or measured step on a device of known peak rates (\(useless.joined(separator: "; ")))",
        hint:
          "name profiles that have some, of whatever model: the shipped '*-diffusers-eager' have, of sd15"
      )
    }
    self.points = points
  }

  /// Batches that have points, ascending.
  public var batches: [Int] { Set(points.map(\.batch)).sorted() }

  /// Efficiency at a batch, without one device's points where that is asked; nil without any.
  public func efficiency(batch: Int, without device: String? = nil) -> Double? {
    let logs = points.filter { $0.batch == batch && $0.device != device }.map { log($0.efficiency) }
    return logs.isEmpty ? nil : exp(logs.reduce(0, +) / Double(logs.count))
  }

  /// How far a point's seconds, derived from the other devices' points alone, are from its own:
  /// 0.1 = 10 % too long. Nil where no other device has a point of that batch.
  public func error(of point: Point) -> Double? {
    efficiency(batch: point.batch, without: point.device).map { point.efficiency / $0 - 1 }
  }

  /// Root mean square and largest size of the errors at a batch; nil where none is known.
  public func errors(batch: Int) -> (rms: Double, worst: Double)? {
    let errors = points.filter { $0.batch == batch }.compactMap(error)
    guard !errors.isEmpty else { return nil }
    let squares = errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)
    return (squares.squareRoot(), errors.map(abs).max() ?? 0)
  }

  private static func bound(
    _ model: DiffusionModel, _ stage: Stage, size: LatencyProfile.ImageSize, guidance: Bool,
    batch: Int, _ peak: LatencyProfile.Roofline
  ) -> Double {
    peak.seconds(
      of: model.graphs(stage, size: size, guidance: guidance, batch: batch),
      elementBytes: elementBytes)
  }

  /// A profile of a device by its peak rates: every stage at the fitted efficiency, at the batches
  /// that the fit has.
  ///
  /// - Throws: `InputError` where a model makes no images of a size.
  public func profile(
    name: String, of rates: PeakRates, models: [DiffusionModel], size: LatencyProfile.ImageSize?
  ) throws(InputError) -> LatencyProfile {
    var entries: [LatencyProfile.Entry] = []
    for model in models {
      let size = size ?? .init(height: model.nativeSide, width: model.nativeSide)
      if let fault = model.sizeFault(height: size.height, width: size.width) {
        throw InputError(.usage, at: nil, "no \(size) for \(model.name)", hint: fault)
      }
      for batch in batches {
        guard let efficiency = efficiency(batch: batch) else { continue }
        for (stage, guidance) in Self.work {
          var entry = LatencyProfile.Entry(
            model: model.name, stage: stage, height: stage == .encode ? 0 : size.height,
            width: stage == .encode ? 0 : size.width, guidance: guidance, batch: batch,
            medianSeconds: Self.bound(
              model, stage, size: size, guidance: guidance ?? false, batch: batch, rates.peak)
              / efficiency, provenance: .derived)
          entry.derivation = derivation(batch: batch, efficiency: efficiency, rates)
          entries.append(entry)
        }
      }
    }
    return try LatencyProfile(
      name: name, device: rates.device,
      source: "roofline (\(rates.source)) at efficiencies fitted to "
        + profiles.joined(separator: ", "),
      mode: mode, entries: entries)
  }

  private static let work: [(stage: Stage, guidance: Bool?)] = [
    (.encode, false), (.encode, true), (.denoise, false), (.denoise, true), (.decode, nil),
  ]

  private func derivation(batch: Int, efficiency: Double, _ rates: PeakRates) -> String {
    func percent(_ x: Double) -> String { String(format: "%.0f %%", 100 * x) }
    let devices = Set(points.filter { $0.batch == batch }.map(\.device)).count
    let error = errors(batch: batch).map {
      "; leaving each out in turn the fit is off by \(percent($0.rms)), at worst \(percent($0.worst))"
    }
    return String(
      format: "FLOPs and bytes at %g TFLOP/s and %g GB/s, ", rates.peak.gflopPerS / 1000,
      rates.peak.gbytePerS)
      + "times an efficiency of \(percent(efficiency)) fitted to steps of batch \(batch) on "
      + "\(devices) device\(devices == 1 ? "" : "s")" + (error ?? "; its error is not known")
  }
}

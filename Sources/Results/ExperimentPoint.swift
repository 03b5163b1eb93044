/// The place of an experiment in a grid of them.
public struct ExperimentPoint: Hashable, Sendable {
  /// Name of the workload.
  public var workload: String
  /// Offered load, as a fraction of the baseline's capacity.
  public var load: Double
  /// The SLO's scale.
  public var sloScale: Double
  /// The policy that the other policies are controls of; nil for a comparison with the baseline.
  public var controlsOf: String?

  /// A point from its parts.
  public init(workload: String, load: Double, sloScale: Double, controlsOf: String? = nil) {
    self.workload = workload
    self.load = load
    self.sloScale = sloScale
    self.controlsOf = controlsOf
  }

  /// The SLO scale nearest to 3, the lower of two as near: where claims are judged, and which is shown where only
  /// one can be. Nil without any.
  public static func mainScale(of scales: some Sequence<Double>) -> Double? {
    scales.min { (abs($0 - 3), $0) < (abs($1 - 3), $1) }
  }

  /// What of an experiment's identity is its place: as schemas before 13 wrote it, so that ids stay what they are.
  package var identity: [String] {
    ["point.workload=\(workload)", "point.load=\(load)", "point.slo_scale=\(sloScale)"]
      + (controlsOf.map { ["point.controls_of=\($0)"] } ?? [])
  }

  /// In words.
  package var text: String {
    "\(workload), load \(load), SLO scale \(sloScale)"
      + (controlsOf.map { ", controls of \($0)" } ?? "")
  }
}

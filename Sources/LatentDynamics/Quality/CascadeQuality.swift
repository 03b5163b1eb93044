/// FID of a cascade's images against the share of them that the light model made.
///
/// SD-Turbo before Stable Diffusion 1.5: DiffServe (Ahmad et al., MLSys 2025). Its protocol is its own: comparable with its
/// ends, all images by one of the models, and with no other FID.
public struct CascadeQuality: Hashable, Sendable {
  /// Steps of the heavy model's images.
  public static let heavySteps = 50

  /// At shares of 0, 0.1, ..., 1.
  public let scores: [Double]

  /// The published curve of two models, the light one in so many steps; nil for others.
  public init?(light: String, steps: Int, heavy: String) {
    guard light == "sd-turbo", steps == 1, heavy == "sd15" else { return nil }
    scores = [18.55, 17.85, 17.33, 16.98, 16.79, 16.95, 17.26, 17.95, 18.86, 20.17, 22.77]
  }

  /// Linear between the published shares; `share` in 0...1.
  public func score(lightShare share: Double) -> Double {
    let place = min(max(share, 0), 1) * Double(scores.count - 1)
    let below = min(Int(place), scores.count - 2)
    return scores[below] + (place - Double(below)) * (scores[below + 1] - scores[below])
  }
}

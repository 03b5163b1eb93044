/// Stage latencies of one device in one mode from one source, as a profile file states them.
///
/// Figures of different sources or modes are different profiles and are never mixed.
public struct LatencyProfile: Sendable, Hashable {
  /// The version of the file format that this program reads and writes.
  public static let schemaVersion = 1

  /// The profile's name, `a100-diffusers-eager` for one.
  public let name: String
  /// The weakest provenance among the denoise entries, or among all where none is denoise.
  public let provenance: Provenance
  /// The device, in words.
  public let device: String
  /// Where the figures come from, in words.
  public let source: String
  /// How the device was run: eager, compiled, number format.
  public let mode: String
  /// Names and versions of the libraries that ran, where known.
  public let libraries: [String: String]
  /// When it was published or measured, as the file writes it.
  public let date: String?
  /// Cores that one task occupies; nil for an accelerator.
  public let cores: Int?
  /// Name and version of the program that measured it; nil where nothing was measured.
  public let harness: String?
  /// What the device was seen to do at most; nil where nothing was measured.
  public let roofline: Roofline?
  /// Copies to and from the host; nil where nobody measured them, or there is no device.
  public let hostCopy: HostCopy?
  /// What the entropy of a latent costs; nil where nobody measured it.
  public let latentEntropy: LatentEntropy?
  /// What cores are worth to the stages of CPU pools; empty where nobody measured it.
  public let coreScaling: [CoreScaling]
  /// What stages of other devices of the machine do to this one's; empty where nobody measured it.
  public let interference: [Interference]
  /// What a step takes longer after a pause or a batch of another size; nil where nobody measured it.
  public let coldCaches: ColdCaches?
  /// The kernels behind measured entries, each once; empty where none was timed.
  public let kernels: [KernelLatency]
  /// In the order of the file; never empty, and no two for the same batch of the same work.
  public let entries: [Entry]
  /// The file's exact text, stored with every run that used it.
  public let text: String
  /// Names ``text`` by its content: 64-bit FNV-1a in 16 hexadecimal digits.
  public let contentHash: String

  /// Height and width of an image in pixels; 0 x 0 stands for any size.
  public struct ImageSize: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Pixels from top to bottom.
    public var height: Int
    /// Pixels from left to right.
    public var width: Int

    /// A size in pixels.
    public init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }

    /// `HEIGHTxWIDTH`.
    public var description: String { "\(height)x\(width)" }

    /// By height, then width.
    public static func < (a: Self, b: Self) -> Bool {
      (a.height, a.width) < (b.height, b.width)
    }
  }
}

extension LatencyProfile {
  /// The latency of one stage of one model for one batch.
  public struct Entry: Sendable, Hashable, Codable {
    /// The model's name; `*` = any, for post-processing alone.
    public var model: String
    /// The stage.
    public var stage: Stage
    /// Image height in pixels; 0 (with width 0) = any, for encoding alone.
    public var height: Int
    /// Image width in pixels; 0 (with height 0) = any, for encoding alone.
    public var width: Int
    /// Whether classifier-free guidance was on; nil only where the stage does not depend on it.
    public var guidance: Bool?
    /// Images in the batch, at least 1. Guidance doubles the network's own batch, not this one.
    public var batch: Int
    /// Median seconds for the whole batch: of one step if the stage is denoise.
    public var medianSeconds: Double
    /// 10th percentile in seconds.
    public var p10Seconds: Double?
    /// 90th percentile in seconds.
    public var p90Seconds: Double?
    /// Timed repetitions behind the median.
    public var repetitions: Int?
    /// Factors around the median at evenly spaced probabilities from 0 to 1.
    public var residualQuantiles: [Double]?
    /// Autocorrelation of successive latencies, in (-1, 1).
    public var lag1Autocorrelation: Double?
    /// Seconds of the stage executed whole, where it was, beside the sum of its kernels.
    public var wholeSeconds: Double?
    /// How much longer the sum of the kernels is than the whole, relative: 0.05 = 5 % longer.
    public var wholeGap: Double?
    /// Where the figure comes from.
    public var provenance: Provenance
    /// Its source, where it is not the profile's own.
    public var source: String?
    /// How it was derived, in a sentence.
    public var derivation: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
      case model, stage, height, width, guidance, batch
      case medianSeconds = "median_s"
      case p10Seconds = "p10_s"
      case p90Seconds = "p90_s"
      case repetitions
      case residualQuantiles = "residual_quantiles"
      case lag1Autocorrelation = "lag1_autocorrelation"
      case wholeSeconds = "whole_s"
      case wholeGap = "whole_gap"
      case provenance, source, derivation
    }

    /// An entry with what every entry has; the rest is nil. Nothing is checked until a profile is
    /// made of it.
    public init(
      model: String, stage: Stage, height: Int, width: Int, guidance: Bool?, batch: Int,
      medianSeconds: Double, provenance: Provenance
    ) {
      self.model = model
      self.stage = stage
      self.height = height
      self.width = width
      self.guidance = guidance
      self.batch = batch
      self.medianSeconds = medianSeconds
      self.provenance = provenance
    }

    /// Height and width together.
    public var size: ImageSize { ImageSize(height: height, width: width) }

    /// The residuals, where the entry states them.
    public var residuals: ResidualDistribution? {
      residualQuantiles.flatMap {
        ResidualDistribution(quantiles: $0, lag1: lag1Autocorrelation ?? 0)
      }
    }
  }
}

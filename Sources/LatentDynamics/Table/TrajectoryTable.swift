/// Entropies along the way and errors of every way of finishing, for many prompts: one row a prompt.
///
/// A class of constants: a look at it costs no copy.
public final class TrajectoryTable: Hashable, Sendable {
  /// Version of the file format that this program reads and writes.
  public static let schemaVersion = 1

  /// Where the latents come from.
  public enum Source: String, Hashable, Sendable, Codable {
    /// A Gaussian mixture's exact score: results carry the label 'synthetic latents'.
    case synthetic
    /// A real pipeline, by the recorder script.
    case recorded
  }

  /// What the file says of itself: its first line, as JSON.
  public struct Header: Hashable, Sendable, Codable {
    /// ``TrajectoryTable/schemaVersion``.
    public var schema: Int
    /// Where the latents come from.
    public var source: Source
    /// How the table was made, for people: program, version, sampler, estimator.
    public var provenance: String
    /// The model whose queries it is for.
    public var model: String
    /// Height of the image in pixels.
    public var height: Int
    /// Width of the image in pixels.
    public var width: Int
    /// Rows.
    public var prompts: Int
    /// What each row holds.
    public var grid: TrajectoryGrid

    /// A header from its parts.
    public init(
      source: Source, provenance: String, model: String, height: Int, width: Int, prompts: Int,
      grid: TrajectoryGrid
    ) {
      schema = TrajectoryTable.schemaVersion
      self.source = source
      self.provenance = provenance
      self.model = model
      self.height = height
      self.width = width
      self.prompts = prompts
      self.grid = grid
    }
  }

  /// What the file says of itself.
  public let header: Header
  /// Rows after one another; ``TrajectoryGrid`` says what they hold.
  let values: [Float]
  let lookup: TrajectoryLookup
  /// ``TrajectoryGrid/valuesPerPrompt``.
  private let rowLength: Int
  /// Entropies of the latent and of the predicted clean one, by (row, step): side by side, since looks need both.
  private let signals: [SIMD2<Float>]

  /// A table from its rows.
  init(header: Header, values: [Float]) {
    precondition(
      values.count == header.prompts * header.grid.valuesPerPrompt && header.prompts > 0,
      "not the rows of this header")
    self.header = header
    self.values = values
    lookup = TrajectoryLookup(header.grid)
    let grid = header.grid
    let length = grid.valuesPerPrompt
    rowLength = length
    signals = (0..<header.prompts).flatMap { row in
      (0..<grid.steps).map { step in
        SIMD2(
          values[row * length + grid.latentOffset + step],
          values[row * length + grid.predictedOffset + step])
      }
    }
  }

  /// Rows.
  public var prompts: Int { header.prompts }
  /// What each row holds.
  public var grid: TrajectoryGrid { header.grid }

  /// The row that stands for a query's prompt. Prompts of a trace are many, rows are not: the seed
  /// picks one, the same in every policy and process.
  public func row(promptSeed: UInt64) -> Int {
    // The finaliser of MurmurHash3 (public domain): neighbouring seeds land on unrelated rows.
    var h = promptSeed
    h = (h ^ (h >> 33)) &* 0xff51_afd7_ed55_8ccd
    h = (h ^ (h >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    h ^= h >> 33
    return Int(h % UInt64(prompts))
  }

  /// 0...1; NaN in a recorded table.
  public func complexity(_ row: Int) -> Double { value(row, 0) }

  /// Entropy in bits after `steps` steps of the table's own schedule, 1...``TrajectoryGrid/steps``.
  public func entropyBits(_ signal: LatentSignal, row: Int, steps: Int) -> Double {
    let offset = signal.isPredicted ? grid.predictedOffset : grid.latentOffset
    return value(row, offset + steps - 1)
  }

  /// Error after `stop` steps (one of the grid's) and a way of finishing; NaN where not recorded.
  public func error(row: Int, stop: Int, _ ending: Ending) -> Double {
    guard let index = grid.stops.firstIndex(of: stop) else { return .nan }
    let base = grid.stopOffset(index)
    switch ending {
    case .none: return value(row, base)
    case .reserved: return value(row, base + 1)
    case .cover(let m):
      return grid.remaining.firstIndex(of: m).map { value(row, base + 2 + $0) } ?? .nan
    }
  }

  /// Error of the whole schedule.
  public func wholeError(row: Int) -> Double { value(row, grid.wholeOffset) }

  /// Error of a full DPM-Solver++(2M) schedule; NaN where not recorded.
  public func solverError(row: Int, steps: Int) -> Double {
    grid.solverSteps.firstIndex(of: steps).map { value(row, grid.solverOffset + $0) } ?? .nan
  }

  /// Tables are equal where their files are.
  public static func == (a: TrajectoryTable, b: TrajectoryTable) -> Bool {
    a.header == b.header && a.values == b.values
  }

  /// By header and values.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(header)
    hasher.combine(values)
  }

  /// Entropies of the latent after a step of the table's own schedule, and of the clean latent predicted at it.
  @inline(__always) func entropies(_ row: Int, step: Int) -> (latent: Double, predicted: Double) {
    let pair = signals[row * lookup.steps + step]
    return (Double(pair.x), Double(pair.y))
  }

  func value(_ row: Int, _ offset: Int) -> Double {
    Double(values[row * rowLength + offset])
  }
}

/// How a schedule that is left early ends.
public enum Ending: Hashable, Sendable {
  /// As it stands: what noise is left stays.
  case none
  /// One more evaluation at the schedule's last time.
  case reserved
  /// What is left of the noise range in m evaluations, at least 1; 1 is one last step.
  case cover(Int)
}

/// What is read off a latent.
public enum LatentSignal: String, Hashable, Sendable, CaseIterable {
  /// Entropy of the latent's values.
  case latent
  /// Entropy of the values of the predicted clean latent.
  case predictedX0 = "predicted-x0"
  /// Change of ``latent`` since the last look.
  case latentChange = "latent-change"
  /// Change of ``predictedX0`` since the last look.
  case predictedX0Change = "predicted-x0-change"

  /// Whether the predicted clean latent is looked at.
  public var isPredicted: Bool { self == .predictedX0 || self == .predictedX0Change }
  /// Whether it is a change between two looks.
  public var isChange: Bool { self == .latentChange || self == .predictedX0Change }
}

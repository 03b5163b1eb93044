internal import EventEngine

/// A value and how often it comes, relative to the others of its list.
public struct Weighted<Value: Hashable & Sendable>: Hashable, Sendable {
  /// The value.
  public var value: Value
  /// Its weight, at least 0; weights need not sum to 1.
  public var weight: Double
  /// A weighted value.
  public init(_ value: Value, weight: Double) {
    self.value = value
    self.weight = weight
  }
}

/// How often prompts come back: rank r with probability proportional to 1 / r^`exponent`.
public struct PromptPopularity: Hashable, Sendable {
  /// Number of different prompts.
  public var count: Int
  /// Zipf's exponent, at least 0 (0 = all alike).
  public var exponent: Double
  /// A popularity from its parts.
  public init(count: Int, exponent: Double) {
    self.count = count
    self.exponent = exponent
  }
}

/// What generated queries ask for. An empty list leaves the choice to the scenario.
///
/// The properties of a query are drawn independently of one another (Assumed) and of its arrival.
public struct QueryMix: Hashable, Sendable {
  /// Denoising steps.
  public var steps: [Weighted<Int32>]
  /// Images of a query.
  public var images: [Weighted<Int32>]
  /// Sizes of the images.
  public var sizes: [Weighted<ImageSize>]
  /// Names of models.
  public var models: [Weighted<String>]
  /// Names of service classes.
  public var classes: [Weighted<String>]
  /// Prompts that come back; nil = every query has its own.
  public var prompts: PromptPopularity?

  /// A mix from its parts.
  public init(
    steps: [Weighted<Int32>] = [], images: [Weighted<Int32>] = [],
    sizes: [Weighted<ImageSize>] = [], models: [Weighted<String>] = [],
    classes: [Weighted<String>] = [], prompts: PromptPopularity? = nil
  ) {
    self.steps = steps
    self.images = images
    self.sizes = sizes
    self.models = models
    self.classes = classes
    self.prompts = prompts
  }

  /// What is wrong with the mix, as a phrase; nil if it can be used.
  public var fault: String? {
    let weights = [
      steps.map(\.weight), images.map(\.weight), sizes.map(\.weight), models.map(\.weight),
      classes.map(\.weight),
    ]
    for list in weights where !list.isEmpty {
      if !list.allSatisfy({ $0 >= 0 && $0.isFinite }) { return "a weight below 0" }
      if list.reduce(0, +) <= 0 { return "weights that sum to 0" }
    }
    if !steps.allSatisfy({ TraceLimits.steps.contains(UInt64(max(0, $0.value))) }) {
      return "steps must lie in 1...1000"
    }
    if !images.allSatisfy({ TraceLimits.images.contains(UInt64(max(0, $0.value))) }) {
      return "images must lie in 1...1024"
    }
    let sides = sizes.flatMap { [$0.value.height, $0.value.width] }
    if !sides.allSatisfy({ TraceLimits.pixels.contains(UInt64(max(0, $0))) && $0 % 8 == 0 }) {
      return "a size must be a multiple of 8 in 64...8192"
    }
    if let prompts, !(1...10_000_000).contains(prompts.count) || !(prompts.exponent >= 0) {
      return "prompts need a count in 1...10000000 and an exponent of at least 0"
    }
    return nil
  }
}

extension QueryMix {
  /// Rows of every combination of what queries ask for that costs time, and the share of each; they arrive at time 0.
  package var expectedRows: [(row: TraceRow, share: Double)] {
    var rows = [(row: TraceRow(arrival: .zero), share: 1.0)]
    func cross<Value>(
      _ list: [Weighted<Value>], _ set: (inout TraceRow, Int, Value) -> Void
    ) {
      let total = list.reduce(0) { $0 + $1.weight }
      guard total > 0 else { return }
      rows = rows.flatMap { row, share in
        list.enumerated().filter { $1.weight > 0 }.map { index, entry in
          var row = row
          set(&row, index, entry.value)
          return (row, share * entry.weight / total)
        }
      }
    }
    cross(steps) { $0.steps = $2 }
    cross(images) { $0.images = $2 }
    cross(sizes) {
      $0.height = $2.height
      $0.width = $2.width
    }
    cross(models) { row, index, _ in row.model = Int32(index) }
    return rows
  }
}

/// Draws what queries ask for: each from a stream of its own, so in any order.
struct QuerySampler: Sendable {
  private let mix: QueryMix
  private let seed: UInt64
  private let replication: UInt64
  /// Cumulated popularity of prompts by rank.
  private let popularity: [Double]
  /// Whether the mix leaves everything to the scenario.
  private let isEmpty: Bool

  init(_ mix: QueryMix, seed: UInt64, replication: UInt64) {
    self.mix = mix
    self.seed = seed
    self.replication = replication
    isEmpty = mix == QueryMix()
    var total = 0.0
    popularity = (0..<(mix.prompts?.count ?? 0)).map { rank in
      total += 1 / power(Double(rank + 1), mix.prompts?.exponent ?? 0)
      return total
    }
  }

  /// Sets what query `index` asks for.
  func fill(_ row: inout TraceRow, index: Int) {
    if isEmpty { return }
    var stream = RandomStream(
      seed: seed, stream: .mix, entity: replication << 32 | UInt64(index))
    // Every property draws, wanted or not, so that adding one leaves the others as they were.
    let draws = (0..<6).map { _ in stream.uniform() }
    row.steps = Self.pick(mix.steps, draws[0])?.value
    row.images = Self.pick(mix.images, draws[1])?.value
    if let size = Self.pick(mix.sizes, draws[2])?.value {
      row.height = size.height
      row.width = size.width
    }
    row.model = Self.index(mix.models, draws[3]).map { Int32($0) }
    row.serviceClass = Self.index(mix.classes, draws[5]).map { Int32($0) }
    if let total = popularity.last {
      row.prompt = UInt64(Self.search(popularity, draws[4] * total))
    }
  }

  private static func pick<Value>(_ list: [Weighted<Value>], _ u: Double) -> Weighted<Value>? {
    index(list, u).map { list[$0] }
  }

  /// The last value of positive weight takes what rounding leaves.
  private static func index<Value>(_ list: [Weighted<Value>], _ u: Double) -> Int? {
    var rest = u * list.reduce(0) { $0 + $1.weight }
    for (i, entry) in list.enumerated() where entry.weight > 0 {
      if rest < entry.weight { return i }
      rest -= entry.weight
    }
    return list.lastIndex { $0.weight > 0 }
  }

  /// The first index whose cumulated value is above `x`.
  private static func search(_ cumulated: [Double], _ x: Double) -> Int {
    var (low, high) = (0, cumulated.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulated[middle] > x { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

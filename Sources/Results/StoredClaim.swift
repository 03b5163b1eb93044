/// What became of a published claim in a grid of experiments.
public struct StoredClaim: Hashable, Sendable {
  /// The experiment of the point that the verdict names.
  public var experimentID: String
  /// That point.
  public var point: ExperimentPoint
  /// The policy that was judged.
  public var policy: String
  /// What is claimed, such as 'violations cut by more than 5x'.
  public var claim: String
  /// The ratio claimed.
  public var threshold: Double
  /// The ratio found; nil where none can be formed.
  public var ratio: Double?
  /// Ends of its 95 % interval.
  public var interval: ClosedRange<Double>?
  /// Probability of such a ratio if the true one were the threshold, Holm-corrected over the claim's
  /// points; nil where nothing could be tested.
  public var pValue: Double?
  /// Whether the claim is reached.
  public var isReached: Bool
  /// The whole verdict, in words.
  public var verdict: String

  /// A claim from its parts.
  public init(
    experimentID: String, point: ExperimentPoint, policy: String, claim: String,
    threshold: Double, ratio: Double?, interval: ClosedRange<Double>?, pValue: Double?,
    isReached: Bool, verdict: String
  ) {
    self.experimentID = experimentID
    self.point = point
    self.policy = policy
    self.claim = claim
    self.threshold = threshold
    self.ratio = ratio
    self.interval = interval
    self.pValue = pValue
    self.isReached = isReached
    self.verdict = verdict
  }

  /// What became of a claim.
  package enum State: String, Sendable {
    case reached
    case notReached = "not reached"
    /// It was tested without a ratio: no violation was seen, or too few.
    case unknown = "cannot tell"
  }

  package var state: State {
    isReached ? .reached : ratio == nil && pValue != nil ? .unknown : .notReached
  }

  /// Whether it stands before another in lists: by workload, policy and claim.
  public func precedes(_ other: StoredClaim) -> Bool {
    (point.workload, policy, claim) < (other.point.workload, other.policy, other.claim)
  }
}

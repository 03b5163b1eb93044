/// An entropy policy beside a control at the same mean number of evaluations: does the signal help?
public struct ControlEvidence: Hashable, Sendable {
  /// What was compared: a signal and a finish, or a policy at a point.
  public var subject: String
  /// The control: `fixed` or `random`.
  public var control: String
  /// Mean evaluations of the policy.
  public var evaluations: Double
  /// Mean evaluations of the control.
  public var controlEvaluations: Double
  /// Mean convergence of the policy.
  public var convergence: Double
  /// Mean convergence of the control.
  public var controlConvergence: Double
  /// 95 % interval of their paired difference; nil where there is none.
  public var difference: ClosedRange<Double>?
  /// 5th percentile of the policy's convergence.
  public var tail: Double
  /// That of the control.
  public var controlTail: Double
  /// 95 % interval of their paired difference.
  public var tailDifference: ClosedRange<Double>?

  /// Evidence from its parts.
  public init(
    subject: String, control: String, evaluations: Double, controlEvaluations: Double,
    convergence: Double, controlConvergence: Double, difference: ClosedRange<Double>?,
    tail: Double, controlTail: Double, tailDifference: ClosedRange<Double>?
  ) {
    self.subject = subject
    self.control = control
    self.evaluations = evaluations
    self.controlEvaluations = controlEvaluations
    self.convergence = convergence
    self.controlConvergence = controlConvergence
    self.difference = difference
    self.tail = tail
    self.controlTail = controlTail
    self.tailDifference = tailDifference
  }

  /// What an interval of a difference says in a word.
  public static func word(_ difference: ClosedRange<Double>?) -> String {
    guard let difference else { return "no interval" }
    if difference.lowerBound > 0 { return "helps" }
    return difference.upperBound < 0 ? "hurts" : "no difference shown"
  }

  /// Whether the signal helps, in words: by the mean and by the worst tail.
  public var verdict: String {
    "mean: \(Self.word(difference)); tail: \(Self.word(tailDifference))"
  }
}

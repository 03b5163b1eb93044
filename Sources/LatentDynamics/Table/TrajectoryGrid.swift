/// What a trajectory table holds of each prompt: the schedule that signals are seen on, and the ways of
/// finishing whose error is known.
///
/// A row is, in this order: complexity and number of modes; the latent's entropy after each step; the
/// entropy of the predicted clean latent at each step; for each of ``stops`` the error of stopping as it
/// is, of the reserved last step, and of each of ``remaining``; the error of the whole schedule; and the
/// errors of ``solverSteps``. Entropies in bits, errors relative L2 distances to the converged sample,
/// NaN where a value was not recorded.
public struct TrajectoryGrid: Hashable, Sendable, Codable {
  /// Times of the schedule, highest first; see ``NoiseSchedule/leadingTimes(steps:)``.
  public var times: [Int]
  /// Steps done (k) when the schedule is left, ascending, below ``steps``. 0: a full schedule of
  /// another length, from the highest time of all.
  public var stops: [Int]
  /// Evaluations (m) that cover what is left, ascending; 1 is one last step.
  public var remaining: [Int]
  /// Lengths of the full DPM-Solver++(2M) schedules.
  public var solverSteps: [Int]

  /// A grid from its parts.
  public init(times: [Int], stops: [Int], remaining: [Int], solverSteps: [Int]) {
    self.times = times
    self.stops = stops
    self.remaining = remaining
    self.solverSteps = solverSteps
  }

  /// The default grid on a schedule of so many steps, 1...999.
  public init(steps: Int = 50) {
    self.init(
      times: NoiseSchedule().leadingTimes(steps: steps),
      stops: ([0, 2, 5, 8] + Array(stride(from: 10, to: steps, by: 5))).filter { $0 < steps },
      remaining: [1, 2, 3, 5, 8, 12, 16, 20, 25, 30, 40, 50].filter { $0 <= steps },
      solverSteps: [5, 6, 8, 10, 12, 15, 20, 25, 50])
  }

  /// Steps of the schedule.
  public var steps: Int { times.count }

  /// Whether the table has the error of leaving after `stop` steps for `remaining` evaluations: no way
  /// of finishing takes longer than the schedule, and a late one that takes long is not worth its
  /// measurement.
  public func covers(stop: Int, remaining: Int) -> Bool {
    stop + remaining <= steps && (remaining <= 12 || stop <= 10)
  }

  /// Values of a row.
  public var valuesPerPrompt: Int { solverOffset + solverSteps.count }

  var latentOffset: Int { 2 }
  var predictedOffset: Int { 2 + steps }
  var valuesPerStop: Int { 2 + remaining.count }
  func stopOffset(_ index: Int) -> Int { 2 + 2 * steps + index * valuesPerStop }
  var wholeOffset: Int { stopOffset(stops.count) }
  var solverOffset: Int { wholeOffset + 1 }

  /// What keeps this from being a grid; nil where nothing does.
  var fault: String? {
    func rises(_ values: [Int]) -> Bool { zip(values, values.dropFirst()).allSatisfy { $0 < $1 } }
    if times.isEmpty || !rises(times.reversed()) { return "times must fall" }
    if times.contains(where: { !(0..<NoiseSchedule.times).contains($0) }) {
      return "times must lie in 0...\(NoiseSchedule.times - 1)"
    }
    if !rises(stops) || stops.first != 0 || stops.contains(where: { $0 >= steps }) {
      return "stops must rise from 0 and stay below the \(steps) steps"
    }
    if !rises(remaining) || remaining.first != 1 || remaining.contains(where: { $0 > steps }) {
      return "remaining must rise from 1 and not exceed the \(steps) steps"
    }
    if !rises(solverSteps) || solverSteps.contains(where: { $0 < 1 }) {
      return "solver_steps must rise and be above 0"
    }
    return nil
  }

  enum CodingKeys: String, CodingKey {
    case times, stops, remaining
    case solverSteps = "solver_steps"
  }
}

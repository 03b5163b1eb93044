import Cluster
import EventEngine

/// When a planner looks and when what it planned comes into effect: planning takes time.
struct PlanTiming: Sendable {
  private let every: SimulationDuration
  private let delay: SimulationDuration
  private var pending: [Action] = []
  /// When what is pending comes into effect; nil where nothing is.
  private var due: SimulationTime?
  private var nextPlan: SimulationTime

  /// A plan after each `every`, in effect `delay` later, which is shorter.
  init(every: SimulationDuration, delay: SimulationDuration) {
    self.every = every
    self.delay = delay
    nextPlan = .zero + every
  }

  /// When to look next.
  func next(after last: SimulationTime?) -> SimulationTime? {
    let next = due ?? nextPlan
    // After a look at a time of its own, as at a failure, nothing may have come due.
    return last.map { max(next, $0 + SimulationDuration(nanoseconds: 1)) } ?? next
  }

  /// What comes into effect now; nil where nothing is pending that is due.
  mutating func due(at now: SimulationTime) -> [Action]? {
    guard let due, now >= due else { return nil }
    self.due = nil
    defer { pending = [] }
    return pending
  }

  /// Whether it is time for a plan.
  func isTime(at now: SimulationTime) -> Bool { due == nil && now >= nextPlan }

  /// Takes a plan; returns what of it comes into effect at once.
  mutating func take(_ actions: [Action], at now: SimulationTime) -> [Action] {
    nextPlan = now + every
    guard delay > .zero else { return actions }
    pending = actions
    due = now + delay
    return []
  }
}

/// Arrivals a second, smoothed over a planner's looks.
struct DemandEstimate: Sendable {
  /// Queries a second for which plans are made where fewer come.
  static let least = 1e-3

  private let weight: Double
  private var last: (arrived: Int, at: SimulationTime) = (0, .zero)
  private var isFirst = true
  /// The estimate; 0 before the first count.
  private(set) var perSecond = 0.0

  /// `weight` of the newest count, in 0...1.
  init(weight: Double) { self.weight = weight }

  /// Counts the arrivals since the last count.
  mutating func count(_ arrived: Int, at now: SimulationTime) {
    let span = (now - last.at).seconds
    guard span > 0 else { return }
    let rate = Double(arrived - last.arrived) / span
    perSecond = isFirst ? rate : weight * rate + (1 - weight) * perSecond
    isFirst = false
    last = (arrived, now)
  }
}

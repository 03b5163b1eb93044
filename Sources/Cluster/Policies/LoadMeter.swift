import EventEngine

/// The load of the cluster over a window that ends now.
public struct ClusterLoad: Hashable, Sendable {
  /// The share of the active accelerators' time for which they had work: 0...1.
  public var utilisation: Double
  /// Queries that arrived, per second.
  public var arrivalRate: Double
  /// Images in all queues now.
  public var queuedImages: Int

  /// A load from its parts.
  public init(utilisation: Double, arrivalRate: Double, queuedImages: Int) {
    self.utilisation = utilisation
    self.arrivalRate = arrivalRate
    self.queuedImages = queuedImages
  }
}

/// Measures utilisation and arrivals over a sliding window, in sixteenths of it: what it tells is of the window and up to
/// a sixteenth more, or of all time since the start where that is shorter.
struct LoadMeter {
  private static let slotsPerWindow = 16

  private struct Slot {
    var arrivals = 0
    /// In accelerator x nanoseconds.
    var busy = 0.0
    var active = 0.0
  }

  private let width: Int64
  private var slots = [Slot](repeating: Slot(), count: slotsPerWindow + 1)
  /// Number of the slot that the present lies in, from the start of time.
  private var current: Int64 = 0
  private var last: Int64 = 0
  private var busy = 0
  private var active: Int

  /// A meter whose window is longer than zero.
  init(window: SimulationDuration, active: Int) {
    width = max(window.nanoseconds / Int64(Self.slotsPerWindow), 1)
    self.active = active
  }

  mutating func countArrival(at now: SimulationTime) {
    settle(at: now)
    slots[place].arrivals += 1
  }

  /// So many accelerators have work, of so many that are active, from now on.
  mutating func set(busy: Int, active: Int, at now: SimulationTime) {
    settle(at: now)
    self.busy = busy
    self.active = active
  }

  mutating func load(at now: SimulationTime, queuedImages: Int) -> ClusterLoad {
    settle(at: now)
    let start = max(0, (current - Int64(Self.slotsPerWindow)) * width)
    let seconds = Double(last - start) / 1e9
    let sum = slots.reduce(into: Slot()) {
      $0.arrivals += $1.arrivals
      $0.busy += $1.busy
      $0.active += $1.active
    }
    return ClusterLoad(
      utilisation: sum.active > 0 ? min(sum.busy / sum.active, 1) : 0,
      arrivalRate: seconds > 0 ? Double(sum.arrivals) / seconds : 0, queuedImages: queuedImages)
  }

  private var place: Int { Int(current) % slots.count }

  /// Counts the present numbers up to now.
  private mutating func settle(at now: SimulationTime) {
    let now = now.nanoseconds
    // Of a longer pause the window holds the end alone.
    let oldest = (now / width - Int64(slots.count)) * width
    if last < oldest {
      slots = [Slot](repeating: Slot(), count: slots.count)
      last = oldest
      current = last / width
    }
    while last < now {
      let end = min(now, (current + 1) * width)
      slots[place].busy += Double(busy) * Double(end - last)
      slots[place].active += Double(active) * Double(end - last)
      last = end
      guard last == (current + 1) * width else { continue }
      current += 1
      slots[place] = Slot()
    }
  }
}

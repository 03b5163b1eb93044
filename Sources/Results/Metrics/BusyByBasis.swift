package import LatencyProfiles

/// For how long devices worked, by what the times rest on (`TimeBasis`).
public struct BusyByBasis: Hashable, Sendable {
  /// What works.
  public enum Device: String, CaseIterable, Sendable {
    /// Accelerators.
    case accelerator
    /// Cores of CPU pools.
    case cpu
  }

  /// By device and basis; whole numbers, so that a sum does not depend on the order of runs.
  private var nanoseconds = [[Int128]](
    repeating: [Int128](repeating: 0, count: TimeBasis.allCases.count),
    count: Device.allCases.count)

  /// No time at all.
  public init() {}

  /// Adds a device's nanoseconds by `TimeBasis.index`.
  package mutating func add(_ own: [Int64], of device: Device) {
    for (index, time) in own.enumerated() { nanoseconds[device.index][index] += Int128(time) }
  }

  /// Adds what other devices, or the same in other runs, did.
  package mutating func add(_ other: BusyByBasis) {
    for device in nanoseconds.indices {
      for basis in nanoseconds[device].indices {
        nanoseconds[device][basis] += other.nanoseconds[device][basis]
      }
    }
  }

  /// Nanoseconds that rest on a basis.
  package func time(_ device: Device, on basis: TimeBasis) -> Int128 {
    nanoseconds[device.index][basis.index]
  }

  /// Nanoseconds whatever they rest on.
  package func total(_ device: Device) -> Int128 {
    nanoseconds[device.index].reduce(0, +)
  }

  /// The share of a device's time that rests on a basis; nil where it did not work at all.
  package func share(_ device: Device, on basis: TimeBasis) -> Double? {
    let total = total(device)
    return total > 0 ? Double(time(device, on: basis)) / Double(total) : nil
  }
}

extension BusyByBasis.Device {
  fileprivate var index: Int { self == .accelerator ? 0 : 1 }
}

/// What the service times in a policy's runs rest on.
public struct PolicyTimeBasis: Hashable, Sendable {
  /// Name of the policy.
  public var policy: String
  /// Over all of its runs.
  public var busy: BusyByBasis

  /// A policy's from its parts.
  public init(policy: String, busy: BusyByBasis) {
    self.policy = policy
    self.busy = busy
  }
}

extension [PolicyTimeBasis] {
  /// Those of the same policy taken together, each where it is first.
  package var merged: [PolicyTimeBasis] {
    var merged: [PolicyTimeBasis] = []
    for one in self {
      if let index = merged.firstIndex(where: { $0.policy == one.policy }) {
        merged[index].busy.add(one.busy)
      } else {
        merged.append(one)
      }
    }
    return merged
  }
}

import EventEngine
import LatencyProfiles

/// Nanoseconds for which a device worked, by stage and by what they rest on.
///
/// Both are sums over the same pieces of work, and so their totals are equal. A piece counts whole for one basis:
/// - What multiplies or lengthens a time (slow factors of nodes, slow spells, interference, cold caches) does not
///   change what it rests on: the profile's figure stays its largest part.
/// - A step that several accelerators share rests on the speedup curve too, for each of them.
/// - Looks at latents and a policy's overhead lengthen the step that they belong to, and count with it.
/// - Loading of weights, transfers and waiting are no service, and are not in it.
struct BusyTime {
  private var stages = FourSums()
  private var bases = FourSums()

  /// By `Stage.index`.
  var byStage: SIMD4<Int64> { stages.all }
  /// By `TimeBasis.index`.
  var byBasis: SIMD4<Int64> { bases.all }

  @inline(__always)
  mutating func add(_ nanoseconds: Int64, for stage: Stage, basis: TimeBasis) {
    stages.add(nanoseconds, at: stage.index)
    bases.add(nanoseconds, at: basis.index)
  }
}

/// Four sums, each for itself: to write an element of a vector that is chosen at run time is to write the vector.
private struct FourSums {
  private var first: Int64 = 0
  private var second: Int64 = 0
  private var third: Int64 = 0
  private var fourth: Int64 = 0

  var all: SIMD4<Int64> { SIMD4(first, second, third, fourth) }

  @inline(__always)
  mutating func add(_ value: Int64, at index: Int) {
    switch index {
    case 0: first += value
    case 1: second += value
    case 2: third += value
    default: fourth += value
    }
  }
}

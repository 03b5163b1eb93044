import CSched
import Glibc

/// The cores that threads may run on.
package struct CoreSet: Sendable {
  /// Numbers of the cores, ascending.
  package let cores: [Int]

  /// Those that the present thread may use.
  package static func available() -> CoreSet {
    var set = cpu_set_t()
    guard sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &set) == 0 else {
      return CoreSet(cores: [])
    }
    let cores = withUnsafeBytes(of: &set) { bytes in
      (0..<8 * bytes.count).filter { bytes[$0 / 8] & (1 << UInt8($0 % 8)) != 0 }
    }
    return CoreSet(cores: cores)
  }

  /// Keeps the present thread on these cores.
  ///
  /// - Returns: whether the system agreed.
  @discardableResult
  package func pin() -> Bool {
    var set = cpu_set_t()
    withUnsafeMutableBytes(of: &set) { bytes in
      for core in cores { bytes[core / 8] |= 1 << UInt8(core % 8) }
    }
    return sched_setaffinity(0, MemoryLayout<cpu_set_t>.size, &set) == 0
  }
}

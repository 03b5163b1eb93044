import Foundation

/// Numbers in memory of their own, on a page boundary.
final class Buffer {
  let address: UnsafeMutableRawPointer
  let bytes: Int

  /// Good while the buffer lives: one with no other owner needs `withExtendedLifetime`.
  var floats: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(
      start: address.assumingMemoryBound(to: Float.self), count: bytes / 4)
  }

  /// All zero, and so in physical memory before anything is timed.
  convenience init(bytes: Int) {
    self.init(uninitialised: bytes)
    address.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  }

  /// The same numbers as another's.
  convenience init(copyOf other: Buffer) {
    self.init(uninitialised: other.bytes)
    copy(from: other)
  }

  private init(uninitialised bytes: Int) {
    self.bytes = bytes
    address = .allocate(byteCount: max(bytes, 64), alignment: 4096)
  }

  convenience init(count: Int) { self.init(bytes: 4 * count) }

  deinit { address.deallocate() }

  func copy(from other: Buffer) { address.copyMemory(from: other.address, byteCount: bytes) }

  /// f32 numbers as `precision` stores them: this buffer itself for f32.
  func stored(as precision: Precision) -> Buffer {
    if precision == .f32 { return self }
    let result = Buffer(uninitialised: bytes / 2)
    let halves = result.address.assumingMemoryBound(to: BFloat16.self)
    for (i, x) in floats.enumerated() { halves[i] = BFloat16(x) }
    return result
  }

  /// The numbers that `precision` stores here, as f32: this buffer itself for f32.
  func numbers(storedAs precision: Precision) -> Buffer {
    if precision == .f32 { return self }
    let result = Buffer(uninitialised: bytes * 2)
    let halves = address.assumingMemoryBound(to: BFloat16.self)
    for i in result.floats.indices { result.floats[i] = halves[i].float }
    return result
  }

  /// f32 numbers, all of which `precision` can store, spread evenly over -bound to bound: latencies
  /// do not depend on the values, the check of the results does. They repeat after a prime number
  /// of them, so that no two rows, channels or images are alike.
  func fill(seed: UInt64, bound: Float, precision: Precision = .f32) {
    var random = SplitMix(state: seed &* 0x9E37_79B9_7F4A_7C15)
    let floats = floats
    let period = 999_983
    for i in floats.indices.prefix(period) {
      floats[i] = precision.rounded(random.signed() * bound)
    }
    var filled = period
    while filled < floats.count {
      let count = min(filled, floats.count - filled)
      (address + 4 * filled).copyMemory(from: address, byteCount: 4 * count)
      filled += count
    }
  }
}

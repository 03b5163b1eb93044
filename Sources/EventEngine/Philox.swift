/// Philox4x32-10: Salmon, Moraes, Dror, Shaw, 'Parallel random numbers: as easy as 1, 2, 3', SC 2011.
///
/// A counter-based generator: block n of a stream costs the same as block 0, and nothing is shared.
public enum Philox {
  /// The ten-round bijection of a 128-bit counter under a 64-bit key.
  @inlinable public static func block(
    counter: SIMD4<UInt32>, key: SIMD2<UInt32>
  ) -> SIMD4<UInt32> {
    var (x0, x1, x2, x3) = (counter.x, counter.y, counter.z, counter.w)
    var (k0, k1) = (key.x, key.y)
    for _ in 0..<10 {
      let low = UInt64(0xD251_1F53) &* UInt64(x0)
      let high = UInt64(0xCD9E_8D57) &* UInt64(x2)
      (x0, x1, x2, x3) = (
        UInt32(truncatingIfNeeded: high >> 32) ^ x1 ^ k0, UInt32(truncatingIfNeeded: high),
        UInt32(truncatingIfNeeded: low >> 32) ^ x3 ^ k1, UInt32(truncatingIfNeeded: low)
      )
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return SIMD4(x0, x1, x2, x3)
  }

  /// Four blocks at once, of this counter and the three whose last word follows: word w of block b is lane b of
  /// the w-th vector.
  @inlinable static func fourBlocks(
    counter: SIMD4<UInt32>, key: SIMD2<UInt32>
  ) -> (SIMD4<UInt32>, SIMD4<UInt32>, SIMD4<UInt32>, SIMD4<UInt32>) {
    typealias Words = SIMD4<UInt32>
    typealias Products = SIMD4<UInt64>
    var (x0, x1, x2) = (
      Words(repeating: counter.x), Words(repeating: counter.y), Words(repeating: counter.z)
    )
    var x3 = counter.w &+ Words(0, 1, 2, 3)
    var (k0, k1) = (key.x, key.y)
    for _ in 0..<10 {
      let low = 0xD251_1F53 &* Products(truncatingIfNeeded: x0)
      let high = 0xCD9E_8D57 &* Products(truncatingIfNeeded: x2)
      (x0, x1, x2, x3) = (
        Words(truncatingIfNeeded: high &>> 32) ^ x1 ^ k0, Words(truncatingIfNeeded: high),
        Words(truncatingIfNeeded: low &>> 32) ^ x3 ^ k1, Words(truncatingIfNeeded: low)
      )
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (x0, x1, x2, x3)
  }
}

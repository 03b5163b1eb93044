/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): the same numbers every time.
struct SplitMix {
  var state: UInt64

  /// Evenly spread over -1 to 1.
  mutating func signed() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Float((z ^ (z >> 31)) >> 40) * 0x1p-23 - 1
  }
}

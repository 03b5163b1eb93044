import COneDNN

/// How weights and activations are stored. Sums are kept in f32 either way, and so are biases and
/// the scale and shift of normalisations.
public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
  case f32
  case bf16

  /// Bytes of a number.
  public var elementBytes: Int { self == .f32 ? 4 : 2 }

  var dataType: dnnl_data_type_t { self == .f32 ? dnnl_f32 : dnnl_bf16 }

  /// Largest difference of a kernel's result from the reference, relative to the root mean square
  /// of the compared values.
  ///
  /// f32: sums of up to 23,000 products stay well under it. bf16 has 8 bits: a value four times the
  /// root mean square is off by up to 4 x 2^-9 = 0.8 %, attention, which also stores its scores,
  /// by more.
  var tolerance: Double { self == .f32 ? 2e-4 : 0.03 }

  /// The nearest number that it can store.
  func rounded(_ x: Float) -> Float { self == .f32 ? x : BFloat16(x).float }
}

/// The upper half of an f32.
struct BFloat16 {
  var bits: UInt16

  /// Rounds to nearest, ties to even.
  init(_ x: Float) {
    let bits = x.bitPattern
    // Rounding a NaN could carry into infinity.
    self.bits =
      x.isNaN ? 0x7FC0 : UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }

  var float: Float { Float(bitPattern: UInt32(bits) << 16) }
}

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

// The C library's functions, imported in one place.

/// Sine of an angle in radians.
func sine(_ x: Double) -> Double { sin(x) }

/// Cosine of an angle in radians.
func cosine(_ x: Double) -> Double { cos(x) }

/// `x` to the power `y`.
func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }

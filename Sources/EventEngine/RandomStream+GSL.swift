@preconcurrency public import CGSL

/// Philox as a `gsl_rng_type`, so that every distribution comes from GSL.
public enum PhiloxGSL {
  /// What GSL knows the generator by. A constant; GSL wants a fixed address for it.
  nonisolated(unsafe) static let type: UnsafePointer<gsl_rng_type> = {
    let name = UnsafeMutablePointer<CChar>.allocate(capacity: 16)
    for (i, c) in "philox4x32-10".utf8CString.enumerated() { name[i] = c }
    let type = UnsafeMutablePointer<gsl_rng_type>.allocate(capacity: 1)
    type.initialize(
      to: gsl_rng_type(
        name: UnsafePointer(name),
        max: UInt(UInt32.max),
        min: 0,
        size: MemoryLayout<RandomStream>.size,
        set: { state, seed in
          state?.assumingMemoryBound(to: RandomStream.self).pointee =
            RandomStream(seed: UInt64(seed), stream: RandomStreamID(rawValue: 0))
        },
        get: { state in
          guard let state else { return 0 }
          return UInt(state.assumingMemoryBound(to: RandomStream.self).pointee.nextWord())
        },
        get_double: { state in
          guard let state else { return 0 }
          return state.assumingMemoryBound(to: RandomStream.self).pointee.uniform()
        }))
    // A bad argument must never abort the process; arguments are checked before GSL sees them.
    gsl_set_error_handler_off()
    return UnsafePointer(type)
  }()
}

extension RandomStream {
  /// Lends the stream to GSL as a `gsl_rng`, without allocating.
  public mutating func withGSL<Result>(
    _ body: (UnsafePointer<gsl_rng>) -> Result
  ) -> Result {
    withUnsafeMutablePointer(to: &self) { state in
      var generator = gsl_rng(type: PhiloxGSL.type, state: UnsafeMutableRawPointer(state))
      return withUnsafePointer(to: &generator) { body($0) }
    }
  }
}

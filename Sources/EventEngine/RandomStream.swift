/// The purpose of a random stream: draws for different purposes never share numbers.
///
/// Modules add their own purposes as static members; the numbers must differ.
public struct RandomStreamID: RawRepresentable, Hashable, Sendable {
  /// The stream word of the counter.
  public let rawValue: UInt32
  /// A purpose from its number.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// Random numbers for one purpose and one entity, under one seed.
///
/// Philox4x32-10 with key = seed and counter words = (stream, entity low, entity high, draw index).
/// What an entity draws depends on nothing but (seed, stream, entity), so all policies see the same
/// prompts, arrivals and noise whatever the order of their events.
public struct RandomStream: RandomNumberGenerator, Sendable {
  @usableFromInline let key: SIMD2<UInt32>
  @usableFromInline var counter: SIMD4<UInt32>
  @usableFromInline var block = SIMD4<UInt32>()
  /// Words of `block` already given out; 4 = a new block is due.
  @usableFromInline var used = 4

  /// The stream of `entity` for the purpose `stream`, from its first draw on.
  @inlinable public init(seed: UInt64, stream: RandomStreamID, entity: UInt64 = 0) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    counter = SIMD4(
      stream.rawValue, UInt32(truncatingIfNeeded: entity),
      UInt32(truncatingIfNeeded: entity >> 32), 0)
  }

  /// Jumps to the block of four words with this index, for draws that have a number of their own.
  @inlinable public mutating func seek(toBlock index: UInt32) {
    counter.w = index
    used = 4
  }

  /// The next 32 bits.
  @inlinable public mutating func nextWord() -> UInt32 {
    if used == 4 {
      block = Philox.block(counter: counter, key: key)
      counter.w &+= 1
      used = 0
    }
    defer { used += 1 }
    return block[used]
  }

  /// The next 64 bits.
  @inlinable public mutating func next() -> UInt64 {
    if used == 4 {
      block = Philox.block(counter: counter, key: key)
      counter.w &+= 1
      used = 0
    }
    if used == 0 {
      used = 2
      return UInt64(block.y) << 32 | UInt64(block.x)
    }
    if used == 2 {
      used = 4
      return UInt64(block.w) << 32 | UInt64(block.z)
    }
    let low = UInt64(nextWord())
    return UInt64(nextWord()) << 32 | low
  }

  /// Uniform on [0, 1), with 53 random bits.
  @inlinable public mutating func uniform() -> Double {
    Self.uniform(next())
  }

  /// One number of ``uniform()`` for each place.
  mutating func fill(_ places: UnsafeMutableBufferPointer<Double>) {
    var i = 0
    while used == 4, places.count - i >= 8 {
      let words = Philox.fourBlocks(counter: counter, key: key)
      counter.w &+= 4
      for lane in 0..<4 {
        places[i] = Self.uniform(UInt64(words.1[lane]) << 32 | UInt64(words.0[lane]))
        places[i + 1] = Self.uniform(UInt64(words.3[lane]) << 32 | UInt64(words.2[lane]))
        i += 2
      }
    }
    while i < places.count {
      places[i] = uniform()
      i += 1
    }
  }

  @inlinable static func uniform(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-53 }

  /// Uniform on 0..<`count`; `count` must be positive.
  @inlinable public mutating func index(below count: Int) -> Int {
    Int.random(in: 0..<count, using: &self)
  }
}

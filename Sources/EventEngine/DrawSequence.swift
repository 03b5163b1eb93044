/// Draws of one distribution from one stream, one after the other: the numbers that ``Distribution/sample(using:)``
/// gives, made in blocks, so that the processor can work on several logarithms at once.
public struct DrawSequence: Sendable {
  private let distribution: Distribution
  private var stream: RandomStream
  @usableFromInline var block = ContiguousArray<Double>(repeating: 0, count: 64)
  @usableFromInline var used = 64

  /// The draws of a stream that is used for nothing else.
  public init(_ distribution: Distribution, from stream: RandomStream) {
    self.distribution = distribution
    self.stream = stream
  }

  /// The next draw.
  @inlinable public mutating func next() -> Double {
    if used == block.count { refill() }
    let draw = block[used]
    used &+= 1
    return draw
  }

  @usableFromInline mutating func refill() {
    used = 0
    block.withUnsafeMutableBufferPointer { distribution.fill($0, using: &stream) }
  }
}

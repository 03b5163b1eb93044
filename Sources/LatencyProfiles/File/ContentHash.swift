/// Names a text by its content: the same in every process, unlike `Hasher`.
///
/// 64-bit FNV-1a (Fowler, Noll, Vo; offset basis 0xcbf29ce484222325, prime 0x100000001b3). It tells
/// contents apart; it does not guard against a text made to collide.
public struct ContentHash: Sendable {
  @usableFromInline var state: UInt64

  /// The hash of what has been added.
  public var value: UInt64 { state }

  /// The hash of nothing; another `offset` gives an independent hash.
  public init(offset: UInt64 = 0xcbf2_9ce4_8422_2325) { state = offset }

  /// Adds a text's UTF-8 bytes.
  public mutating func add(_ text: String) { add(text.utf8) }

  /// Adds bytes. Inlinable: unspecialised, the hash of the trajectory table took three quarters of the time
  /// in which a sweep finds out that it knows all its points.
  @inlinable public mutating func add(_ bytes: some Sequence<UInt8>) {
    var hash = state
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    state = hash
  }

  /// Sixteen hexadecimal digits.
  public var hex: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  static func hex(of text: String) -> String {
    var hash = ContentHash()
    hash.add(text)
    return hash.hex
  }
}

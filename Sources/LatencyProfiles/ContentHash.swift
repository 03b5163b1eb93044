/// Names a text by its content: the same in every process, unlike `Hasher`.
///
/// 64-bit FNV-1a (Fowler, Noll, Vo; offset basis 0xcbf29ce484222325, prime 0x100000001b3). It tells
/// contents apart; it does not guard against a text made to collide.
public struct ContentHash: Sendable {
  /// The hash of what has been added.
  public private(set) var value: UInt64

  /// The hash of nothing; another `offset` gives an independent hash.
  public init(offset: UInt64 = 0xcbf2_9ce4_8422_2325) { value = offset }

  /// Adds a text's UTF-8 bytes.
  public mutating func add(_ text: String) { add(text.utf8) }

  /// Adds bytes.
  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
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

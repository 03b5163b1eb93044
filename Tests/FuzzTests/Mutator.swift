/// Spoils inputs the same way for the same seed: bytes, ranges, numbers and words that readers stumble over.
struct Mutator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64 (Steele, Lea, Flood 2014).
  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in 0 ..< `count`.
  mutating func number(below count: Int) -> Int { Int(next() % UInt64(max(count, 1))) }

  private static let words: [[UInt8]] =
    [
      "1e999", "-1e999", "-0", "nan", "inf", "0x1p9999", "99999999999999999999",
      "-9223372036854775808",
      "9223372036854775807", "1e-400", "0", "-1", "1e18 s", "1e300 GB", "2147483648", "null", "~",
      "true",
      "''", "\"", "'", "\\", "\\u0000", "\\ud800", "&a", "*a", "<<: *a", "!!binary x", "%", "---\n",
      "...\n", "- ", "? ", ": ",
      "{", "}", "[", "]", ",", ",,,,", "\n", "\r\n", "\r", "\t", "\0", "#", "|\n", ">\n",
      "\u{FEFF}", "\u{1F600}", "e\u{301}",
      "9999-12-31 23:59:59", "0000-00-00 00:00:00", "1970-01-01T00:00:00Z",
      "2024-02-30 25:61:61.999999999999",
      String(repeating: "[", count: 300), String(repeating: "{a: ", count: 200),
      String(repeating: "9", count: 400),
      String(repeating: "x", count: 5000), "a: &x [*x]", "name: name: name",
    ].map { Array($0.utf8) }
    + [[0xFF], [0xFE, 0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]]

  /// A copy with one to six faults.
  mutating func spoiled(_ input: [UInt8], with other: [UInt8]) -> [UInt8] {
    var bytes = input
    for _ in 0...number(below: 6) { spoil(&bytes, with: other) }
    return bytes
  }

  private mutating func spoil(_ bytes: inout [UInt8], with other: [UInt8]) {
    let place = number(below: bytes.count + 1)
    let end = min(bytes.count, place + 1 + number(below: 1 << number(below: 8)))
    switch number(below: 9) {
    case 0 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: next())
    case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8(number(below: 8))
    case 2 where place < end: bytes.removeSubrange(place..<end)
    case 3 where place < end: bytes.insert(contentsOf: Array(bytes[place..<end]), at: end)
    case 4: bytes.removeLast(min(bytes.count - place, bytes.count))
    case 5:
      let start = number(below: other.count)
      bytes.insert(
        contentsOf: other[start..<min(other.count, start + 1 + number(below: 200))], at: place)
    case 6: replaceNumber(&bytes, from: place)
    default: bytes.insert(contentsOf: Self.words[number(below: Self.words.count)], at: place)
    }
  }

  /// Puts a word in the place of the next number.
  private mutating func replaceNumber(_ bytes: inout [UInt8], from place: Int) {
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || byte == 0x2E }
    guard let first = bytes[place...].firstIndex(where: isDigit) else { return }
    let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.count
    bytes.replaceSubrange(first..<end, with: Self.words[number(below: Self.words.count)])
  }
}

/// Values that are computed once for each key; the one asked for last, which most queries share, without a hash.
public struct Memo<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  @usableFromInline var known: [Key: Value] = [:]
  @usableFromInline var last: (key: Key, value: Value)?

  /// Nothing is known yet.
  @inlinable public init() {}

  /// The value of a key, which `make` gives where it is not known.
  @inlinable public mutating func value(of key: Key, _ make: () -> Value) -> Value {
    if let last, last.key == key { return last.value }
    if let value = known[key] {
      last = (key, value)
      return value
    }
    let value = make()
    known[key] = value
    last = (key, value)
    return value
  }
}

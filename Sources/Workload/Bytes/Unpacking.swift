/// Unpacks one compressed file, piece by piece. Whoever reads traces hands one in: no library that unpacks is needed to
/// simulate.
public protocol Unpacker: AnyObject {
  /// Whether all packed bytes that it was given are taken.
  var needsBytes: Bool { get }

  /// Takes packed bytes in, once the ones before are taken; none at the end of the file.
  func feed(_ bytes: [UInt8]) throws(UnpackingFault)

  /// Appends at most `count` bytes to `buffer`, as far as the packed ones go.
  func unpack(upTo count: Int, into buffer: inout [UInt8]) throws(UnpackingFault)
}

/// What is wrong with packed bytes.
public enum UnpackingFault: Error {
  /// They end within a member.
  case cut
  /// They are not of the format, or their checksum is wrong.
  case damaged
  /// Something else, other than zeros that fill a block, stands behind a member.
  case trailing
}

/// A way to unpack gzip. Two are equal where their names are.
public struct Unpacking: Hashable, Sendable {
  /// Of the library that does it.
  public let name: String
  let make: @Sendable () -> any Unpacker

  /// Each file is unpacked by an unpacker of its own, which `make` gives.
  public init(_ name: String, make: @escaping @Sendable () -> any Unpacker) {
    self.name = name
    self.make = make
  }

  /// Whether the names are the same.
  public static func == (a: Self, b: Self) -> Bool { a.name == b.name }

  /// The name alone.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

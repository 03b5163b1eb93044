import Diagnostics
import EventEngine
import Foundation
import Gzip
import Testing

@testable import Workload

/// Files packed by gzip are read to their end, or refused.
@Suite struct GzipTests {
  /// `arrival_s`, and a row at 1 s.
  private static let one = bytes("H4sIAAAAAAACA0ssKsosS8yJL+Yy5AIAFUMOvAwAAAA=")
  /// A row at 2 s.
  private static let two = bytes("H4sIAAAAAAACAzPiAgCQr3xMAgAAAA==")
  /// Rows at 0 and 1 s, the prompt of the first of 10^6 letters: far more than what is unpacked at once.
  private static let long = bytes(
    "H4sIAAAAAAACA+3BwQmAQAwAsH9n6UMnkvo7UDyqOL+DmKS6x1vHdufs65xPLFkAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      + "AAAMBvxZp7fED5iexYQg8A")

  private static func bytes(_ text: String) -> [UInt8] {
    Array(Data(base64Encoded: text) ?? Data())
  }

  private func arrivals(_ bytes: [UInt8]) throws -> [Int64] {
    try withFile(bytes) {
      nanoseconds(try TraceLoader.load(path: $0, options: TraceOptions(unpacking: .zlib)))
    }
  }

  @Test func membersFollowOneAnother() throws {
    let zeros = [UInt8](repeating: 0, count: 512)
    #expect(try arrivals(Self.one) == [1_000_000_000])
    #expect(try arrivals(Self.one + Self.two) == [1_000_000_000, 2_000_000_000])
    // Zeros fill the block of a tape.
    #expect(try arrivals(Self.one + Self.two + zeros) == [1_000_000_000, 2_000_000_000])
  }

  @Test(arguments: [1, 7, 100, 1 << 16]) func whatIsPackedTightlyIsUnpackedWhole(chunk: Int) throws
  {
    try withFile(Self.long) { path in
      var reader = try TraceReader(
        path: path, format: nil, options: TraceOptions(unpacking: .zlib),
        chunk: max(chunk, 1 << 10))
      var rows: [Int64] = []
      while let row = try reader.next() { rows.append(row.arrival.nanoseconds) }
      #expect(rows == [0, 1_000_000_000])
      var source = try ByteSource(path: path, unpacking: .zlib)
      var bytes: [UInt8] = []
      while try source.read(upTo: chunk * 13, into: &bytes) {}
      #expect(bytes.count == 1_000_024)
      #expect(bytes.suffix(5) == Array("\n1,b\n".utf8)[0...])
    }
  }

  @Test func whatStandsBehindIsNotDropped() throws {
    let error = try #require(try failure(Self.one + Array("3\n4\n".utf8)))
    #expect(
      error.description
        == "FILE: error: something that is not compressed stands behind the compressed data (gzip); "
        + "fetch or pack the file again; 'gzip -t' tests it")
    #expect(error.exitCode == 65)
  }

  @Test func withoutUnpackingAPackedFileIsAFault() throws {
    let error = try #require(throws: InputError.self) {
      try withFile(Self.one) { try TraceLoader.load(path: $0) }
    }
    #expect(error.exitCode == 65)
    #expect(error.description.contains("is packed by gzip"))
  }

  @Test func cutOrDamagedDataIsRefused() throws {
    for end in 3..<Self.one.count {
      let cut = try #require(try failure(Array(Self.one.prefix(end))))
      #expect(cut.description.contains("ends too early"), "\(end) bytes: \(cut)")
    }
    var other = Self.one
    other[other.count - 6] ^= 1
    #expect(try failure(other)?.description.contains("is damaged") == true)
    #expect(
      try failure(Self.one + Self.two.dropLast())?.description.contains("ends too early") == true)
  }
}

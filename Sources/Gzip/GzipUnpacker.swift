private import CZlib
package import Workload

extension Unpacking {
  /// By zlib.
  package static var zlib: Unpacking { Unpacking("zlib") { GzipUnpacker() } }
}

/// Unpacks gzip, of one member or of several behind one another.
///
/// zlib's own reader of files drops without a word what else stands behind the packed data.
final class GzipUnpacker: Unpacker {
  /// In a place of its own: zlib keeps a pointer to it.
  private let stream: UnsafeMutablePointer<z_stream>
  private var packed: [UInt8] = []
  /// The first byte not yet taken.
  private var next = 0
  private var isBetweenMembers = false
  /// Whether the last call had no room for all that zlib holds.
  private var holdsMore = false

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 + 16: the largest window, and gzip alone.
    let size = Int32(MemoryLayout<z_stream>.size)
    let status = inflateInit2_(stream, 31, ZLIB_VERSION, size)
    precondition(status == Z_OK, "no memory to unpack with")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Whether all packed bytes that it was given are taken.
  var needsBytes: Bool { next == packed.count && !holdsMore }

  /// Takes packed bytes in, once the ones before are taken; none at the end of the file.
  func feed(_ bytes: [UInt8]) throws(UnpackingFault) {
    if bytes.isEmpty, !isBetweenMembers { throw .cut }
    packed = bytes
    next = 0
  }

  /// Appends at most `count` bytes to `buffer`, as far as the packed ones go.
  func unpack(upTo count: Int, into buffer: inout [UInt8]) throws(UnpackingFault) {
    if isBetweenMembers {
      while !needsBytes, packed[next] == 0 { next += 1 }
      if needsBytes { return }
      guard packed[next] == 0x1F else { throw .trailing }
      inflateReset(stream)
      isBetweenMembers = false
    }
    let old = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: count))
    let status = packed.withUnsafeMutableBufferPointer { packed in
      buffer.withUnsafeMutableBufferPointer { buffer in
        stream.pointee.next_in = packed.baseAddress?.advanced(by: next)
        stream.pointee.avail_in = UInt32(packed.count - next)
        stream.pointee.next_out = buffer.baseAddress?.advanced(by: old)
        stream.pointee.avail_out = UInt32(count)
        return inflate(stream, Z_NO_FLUSH)
      }
    }
    next = packed.count - Int(stream.pointee.avail_in)
    holdsMore = status == Z_OK && stream.pointee.avail_out == 0
    buffer.removeLast(Int(stream.pointee.avail_out))
    guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(status) else { throw .damaged }
    isBetweenMembers = status == Z_STREAM_END
  }
}

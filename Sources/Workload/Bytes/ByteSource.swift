internal import Diagnostics

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file read in chunks, unpacked where it is gzip: the only place where a trace is read from the disk.
struct ByteSource: ~Copyable {
  /// The file as the user named it.
  let path: String
  private let descriptor: Int32
  /// Unpacks the file; nil where it is not packed.
  private let unpacker: (any Unpacker)?

  /// Opens the file; 66 where it is missing, unreadable or a directory, 65 where it is packed and nothing unpacks it.
  init(path: String, unpacking: Unpacking?) throws(InputError) {
    self.path = path
    let location = Diagnostic.Location(file: path)
    try InputFile.refuseNamedPipe(path, wanted: "a trace")
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw InputError(.missingInput, at: location, Self.reason(errno))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw InputError(
        .missingInput, at: location, "is a directory", hint: "name the trace file itself")
    }
    let isPacked = Self.isPacked(descriptor)
    if isPacked, unpacking == nil {
      close(descriptor)
      throw InputError(
        .badInput, at: location, "is packed by gzip, which this program was built without",
        hint: "unpack it")
    }
    self.descriptor = descriptor
    unpacker = isPacked ? unpacking?.make() : nil
  }

  deinit { close(descriptor) }

  /// Whether it is packed by gzip.
  var isPacked: Bool { unpacker != nil }

  private static func isPacked(_ descriptor: Int32) -> Bool {
    var magic: [UInt8] = [0, 0]
    return pread(descriptor, &magic, 2, 0) == 2 && magic == [0x1F, 0x8B]
  }

  /// Appends up to `count` bytes to `buffer`; false at the end of the file.
  mutating func read(upTo count: Int, into buffer: inout [UInt8]) throws(InputError) -> Bool {
    guard let unpacker else { return try readBytes(upTo: count, into: &buffer) }
    let old = buffer.count
    while buffer.count == old {
      var packed: [UInt8]?
      if unpacker.needsBytes {
        var bytes: [UInt8] = []
        _ = try readBytes(upTo: count, into: &bytes)
        packed = bytes
      }
      do throws(UnpackingFault) {
        if let packed {
          try unpacker.feed(packed)
          if packed.isEmpty { return false }
        }
        try unpacker.unpack(upTo: count, into: &buffer)
      } catch {
        throw InputError(
          .badInput, at: .init(file: path), Self.reason(error),
          hint: "fetch or pack the file again; 'gzip -t' tests it")
      }
    }
    return true
  }

  private mutating func readBytes(
    upTo count: Int, into buffer: inout [UInt8]
  ) throws(InputError) -> Bool {
    let old = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: count))
    var got = -1
    repeat {
      got = buffer.withUnsafeMutableBytes { bytes in
        #if canImport(Darwin)
          Darwin.read(descriptor, bytes.baseAddress?.advanced(by: old), count)
        #elseif canImport(Glibc)
          Glibc.read(descriptor, bytes.baseAddress?.advanced(by: old), count)
        #else
          Musl.read(descriptor, bytes.baseAddress?.advanced(by: old), count)
        #endif
      }
    } while got < 0 && errno == EINTR
    let code = errno
    buffer.removeLast(count - max(got, 0))
    guard got >= 0 else {
      throw InputError(.missingInput, at: .init(file: path), Self.reason(code))
    }
    return got > 0
  }

  private static func reason(_ fault: UnpackingFault) -> String {
    switch fault {
    case .cut: "the compressed data (gzip) ends too early"
    case .damaged: "the compressed data (gzip) is damaged"
    case .trailing: "something that is not compressed stands behind the compressed data (gzip)"
    }
  }

  private static func reason(_ code: Int32) -> String {
    switch code {
    case ENOENT, ENOTDIR: "there is no such file"
    case EACCES, EPERM: "the file may not be read: permission denied"
    default: "the file cannot be read: \(String(cString: strerror(code)))"
    }
  }
}

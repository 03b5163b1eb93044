internal import Diagnostics

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file read in chunks: the only place where a trace touches the disk.
struct ByteSource: ~Copyable {
  /// The file as the user named it.
  let path: String
  private let descriptor: Int32

  /// Opens the file; 66 where it is missing, unreadable or a directory.
  init(path: String) throws(InputError) {
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
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Appends up to `count` bytes to `buffer`; false at the end of the file.
  mutating func read(upTo count: Int, into buffer: inout [UInt8]) throws(InputError) -> Bool {
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

  private static func reason(_ code: Int32) -> String {
    switch code {
    case ENOENT, ENOTDIR: "there is no such file"
    case EACCES, EPERM: "the file may not be read: permission denied"
    default: "the file cannot be read: \(String(cString: strerror(code)))"
    }
  }
}

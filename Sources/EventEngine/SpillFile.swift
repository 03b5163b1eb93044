internal import Glibc
internal import Synchronization

/// A temporary file without a name; what is written stays where it is.
@usableFromInline
final class SpillFile: Sendable {
  private let descriptor: Int32
  private let end = Mutex(0)

  /// Nil where no file can be made.
  @usableFromInline
  init?() {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var path = Array("\(folder)/qosdiff-XXXXXX".utf8CString)
    descriptor = mkstemp(&path)
    guard descriptor >= 0 else { return nil }
    unlink(path)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  /// Where the bytes now lie; nil where they could not be written.
  @usableFromInline
  func write(_ bytes: UnsafeRawBufferPointer) -> Int? {
    let offset = end.withLock { end in
      defer { end += bytes.count }
      return end
    }
    var done = 0
    while done < bytes.count {
      let written = pwrite(
        descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, offset + done)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return nil }
      done += written
    }
    return offset
  }

  /// Fills the bytes with what was written there.
  @usableFromInline
  func read(_ bytes: UnsafeMutableRawBufferPointer, from offset: Int) {
    var done = 0
    while done < bytes.count {
      let got = pread(
        descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, offset + done)
      if got < 0, errno == EINTR { continue }
      precondition(got > 0, "a temporary file lost what was written to it")
      done += got
    }
  }
}

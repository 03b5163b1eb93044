public import Foundation

/// Files that are inputs.
public enum InputFile {
  /// Whether reading it could wait for ever: a named pipe. Those that a shell makes (`/dev/fd/63`) have a writer.
  public static func isNamedPipe(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else { return false }
    return !["/dev/", "/proc/"].contains { path.hasPrefix($0) }
  }

  /// Whether it is a file that can be looked at without taking anything from it.
  public static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// - Throws: category `missingInput` for a named pipe; `what` is what is wanted, 'a scenario'.
  public static func refuseNamedPipe(_ path: String, wanted what: String) throws(InputError) {
    guard isNamedPipe(path) else { return }
    throw InputError(
      .missingInput, at: .init(file: path), "this is a named pipe, and \(what) is wanted",
      hint: "name a file")
  }

  /// All bytes of a file; nil where it cannot be read, or is a folder.
  ///
  /// - Throws: category `missingInput` for a named pipe, `badInput` for a file of more than `most` bytes.
  public static func contents(
    _ path: String, wanted what: String, maximumBytes: Int = 16 << 20
  ) throws(InputError) -> Data? {
    try refuseNamedPipe(path, wanted: what)
    guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? handle.close() }
    let data: Data
    do { data = try handle.read(upToCount: maximumBytes + 1) ?? Data() } catch { return nil }
    guard data.count <= maximumBytes else {
      throw InputError(
        .badInput, at: .init(file: path), "too large for \(what)",
        hint: "the limit is \(maximumBytes >> 20) MiB")
    }
    return data
  }
}

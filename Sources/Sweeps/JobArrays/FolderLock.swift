import Diagnostics
import Foundation

/// Keeps two sweeps from sharing a folder; the system lets go of it when the process ends, however it ends.
struct FolderLock: Sendable {
  private let descriptor: Int32

  /// - Throws: 73 where another process holds it, or no lock can be made.
  init(_ folder: String) throws(InputError) {
    let path = folder + "/lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw InputError(
        .cannotCreate, at: .init(file: path), "the lock cannot be made",
        hint: "put the database where files can be made, with --db FILE")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw InputError(
        .cannotCreate, at: .init(file: folder), "another sweep into this database is at work",
        hint: "wait for it, or name another database with --db")
    }
  }

  func release() { close(descriptor) }
}

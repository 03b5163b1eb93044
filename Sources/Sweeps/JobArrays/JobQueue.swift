package import Diagnostics

/// A task of a job array.
package struct JobTask: Hashable, Sendable {
  /// Name of the array.
  package let name: String
  /// Index in it.
  package let index: Int

  /// Task `index` of the array `name`.
  package init(name: String, index: Int) {
    self.name = name
    self.index = index
  }
}

/// A batch system, as far as a sweep needs one.
package protocol JobQueue: Sendable {
  /// Queues an array of `tasks` tasks under a name; each is told `file` and its index, and writes its
  /// output to `logs/NAME-INDEX.log`.
  func submit(name: String, file: String, tasks: Int, logs: String) throws(InputError)

  /// The tasks of these arrays that wait or run.
  func live(_ names: [String]) throws(InputError) -> Set<JobTask>
}

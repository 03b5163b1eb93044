/// How much of a run a timeline holds.
package struct TimelineOptions: Hashable, Sendable {
  /// Only work on every n-th query, counted from the first: 1 = all of it.
  package var every: Int
  /// Events after which nothing new begins; what has begun is ended, and the file says how much is left out. Nil =
  /// no limit.
  package var limit: Int?

  /// All of a run, or a part of it.
  package init(every: Int = 1, limit: Int? = nil) {
    precondition(every >= 1 && limit ?? 1 >= 1, "a timeline of nothing")
    self.every = every
    self.limit = limit
  }
}

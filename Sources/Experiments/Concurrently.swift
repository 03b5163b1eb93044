/// Pieces of work, several at a time.
package enum Concurrently {
  /// The results of `work` for 0 ..< `count`, in order.
  package static func map<Result: Sendable>(
    _ count: Int, jobs: Int, _ work: @escaping @Sendable (Int) async throws -> Result
  ) async throws -> [Result] {
    var results: [Result?] = Array(repeating: nil, count: count)
    try await each(count, jobs: jobs) {
      (index: $0, result: try await work($0))
    } taking: {
      _, piece in
      results[piece.index] = piece.result
    }
    return results.compactMap { $0 }
  }

  /// Does pieces 0 ..< `count` of `work`, at most `jobs` at a time, and hands each result to `take` as it
  /// comes, with how many there are by then. Stops at an error, and between pieces if cancelled; where `isStopped` comes
  /// true, what has begun is finished and taken, and no more begins.
  package static func each<Result: Sendable>(
    _ count: Int, jobs: Int, isStopped: () -> Bool = { false },
    _ work: @escaping @Sendable (Int) async throws -> Result,
    taking take: (_ done: Int, _ result: Result) throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Result.self) { group in
      var next = 0
      for done in 0..<count {
        while next < count, next - done < max(jobs, 1), !isStopped() {
          let index = next
          group.addTask {
            try Task.checkCancellation()
            return try await work(index)
          }
          next += 1
        }
        guard let result = try await group.next() else { break }
        try take(done + 1, result)
      }
    }
  }
}

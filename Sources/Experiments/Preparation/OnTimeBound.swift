import HeapModule

/// The most queries that anybody could complete on time: no schedule on one machine that works on any query at any
/// moment, as often interrupted as it likes, completes more.
///
/// Relaxed once more, so that it is quick: a query that is done in part counts in part. The work y_j done on query j
/// within its window obeys sum_{j in A} y_j <= f(A) for each set A, where f(A) is the most that can be done of A alone, and f
/// is submodular (it is a flow): the largest sum of y_j / p_j, with p_j the whole work, is that of the greedy order
/// (Edmonds 1970), sum_k (1/p_k - 1/p_k+1) f(A_k), with A_k the queries that are among the k smallest amounts of work. f(A)
/// is what the earliest deadline first does, dropping what is late, since no order fills windows better (Glover 1967).
/// Where there are many amounts of work they are rounded down, by less than a sixteenth: a bound all the same.
struct OnTimeBound {
  /// A query: its window, and the time for which it needs the whole machine.
  struct Job: Hashable, Sendable {
    var release: Int64
    var deadline: Int64
    var work: Int64
  }

  /// Different amounts of work that are told apart as they are.
  static let maximumLengths = 64

  private let jobs: [Job]
  /// Different amounts of work, rising.
  private let amounts: [Int64]

  /// Jobs in order of release. Those that do not fit their window are out of the question; those without work are
  /// on time.
  init(_ jobs: [Job]) {
    var fitting = jobs.filter { $0.work > 0 && $0.work <= $0.deadline - $0.release }
    free = jobs.count { $0.work <= 0 && $0.deadline >= $0.release }
    if Set(fitting.map(\.work)).count > Self.maximumLengths {
      for i in fitting.indices { fitting[i].work = Self.rounded(fitting[i].work) }
    }
    self.jobs = fitting
    amounts = Set(fitting.map(\.work)).sorted()
  }

  private let free: Int

  /// The most on time, in full queries.
  var maximumOnTime: Int {
    var sum = 0.0
    for (k, amount) in amounts.enumerated() {
      let next = k + 1 < amounts.count ? 1 / Double(amounts[k + 1]) : 0
      sum += (1 / Double(amount) - next) * Double(maximumWork(upTo: amount))
    }
    // What rounding of the sum may have taken off a whole number is given back.
    return free + min(jobs.count, Int((sum * (1 + 1e-12) + 1e-9).rounded(.down)))
  }

  /// A power of two, times as many sixteenths on top of one another as fit: no larger.
  private static func rounded(_ work: Int64) -> Int64 {
    var edge = 1.0
    while edge * 2 <= Double(work) {
      edge *= 2
    }
    var value = edge
    while value * (1 + 1.0 / 16) <= Double(work) { value *= 1 + 1.0 / 16 }
    return max(1, Int64(value.rounded(.down)))
  }

  private struct Waiting: Comparable {
    var deadline: Int64
    var left: Int64
    static func < (a: Self, b: Self) -> Bool { a.deadline < b.deadline }
  }

  /// f: what the earliest deadline first does of the jobs with at most so much work.
  private func maximumWork(upTo amount: Int64) -> Int64 {
    var waiting: Heap<Waiting> = []
    var (now, done) = (Int64.min, Int64(0))
    var next = 0
    while true {
      while next < jobs.count, waiting.isEmpty || jobs[next].release <= now {
        let job = jobs[next]
        next += 1
        guard job.work <= amount else { continue }
        now = max(now, waiting.isEmpty ? job.release : now)
        waiting.insert(Waiting(deadline: job.deadline, left: job.work))
      }
      guard var first = waiting.popMin() else { return done }
      guard first.deadline > now else { continue }
      var until = min(now + first.left, first.deadline)
      // Jobs with more work than is looked at interrupt nothing, but do no harm.
      if next < jobs.count { until = min(until, max(jobs[next].release, now)) }
      done += until - now
      first.left -= until - now
      now = until
      if first.left > 0 { waiting.insert(first) }
    }
  }
}

import EventEngine
import Testing

@testable import Experiments

@Suite struct OnTimeBoundTests {
  typealias Job = OnTimeBound.Job

  /// The most on time of all subsets, each tried with the earliest deadline first, a unit of time after the other.
  private func exact(_ jobs: [Job]) -> Int {
    (0..<(1 << jobs.count)).reduce(0) { most, set in
      let chosen = jobs.indices.filter { set >> $0 & 1 == 1 }
      guard chosen.count > most else { return most }
      var left = chosen.map { jobs[$0] }
      for now in 0..<Int64(60) {
        let ready = left.indices.filter { left[$0].release <= now && left[$0].work > 0 }
        guard let first = ready.min(by: { left[$0].deadline < left[$1].deadline }) else { continue }
        guard left[first].deadline > now else { return most }
        left[first].work -= 1
      }
      return left.allSatisfy { $0.work == 0 } ? chosen.count : most
    }
  }

  private func jobs(_ seed: UInt64, count: Int, sameWork: Bool) -> [Job] {
    var random = RandomStream(seed: seed, stream: RandomStreamID(rawValue: 1))
    let work = Int64(1 + random.index(below: 4))
    let window = Int64(2 + random.index(below: 9))
    return (0..<count).map { _ in
      let release = Int64(random.index(below: 14))
      return Job(
        release: release,
        deadline: release + (sameWork ? window : Int64(1 + random.index(below: 12))),
        work: sameWork ? work : Int64(1 + random.index(below: 5)))
    }.sorted { $0.release < $1.release }
  }

  @Test func nobodyDoesMore() {
    var (sum, sumOfBounds) = (0, 0)
    for seed in UInt64(0)..<400 {
      for sameWork in [false, true] {
        let jobs = jobs(seed, count: 7, sameWork: sameWork)
        let (most, bound) = (exact(jobs), OnTimeBound(jobs).maximumOnTime)
        #expect(bound >= most, "\(jobs)")
        sum += most
        sumOfBounds += bound
      }
    }
    // And it says something: all of them would be 5600.
    #expect(Double(sumOfBounds) < 1.1 * Double(sum) && sum < 5000, "\(sumOfBounds) \(sum)")
  }

  @Test func knownCases() {
    // One after the other in time; two at once of which one fits; one that never fits; one without work.
    let apart = [Job(release: 0, deadline: 5, work: 5), Job(release: 5, deadline: 9, work: 4)]
    #expect(OnTimeBound(apart).maximumOnTime == 2)
    let together = [Job(release: 0, deadline: 5, work: 5), Job(release: 0, deadline: 5, work: 5)]
    #expect(OnTimeBound(together).maximumOnTime == 1)
    #expect(OnTimeBound([Job(release: 0, deadline: 5, work: 6)]).maximumOnTime == 0)
    #expect(OnTimeBound([Job(release: 3, deadline: 3, work: 0)]).maximumOnTime == 1)
    #expect(OnTimeBound([]).maximumOnTime == 0)
    // Shorter ones come first: ten of one beside one of ten, in a window of ten.
    let mixed =
      [Job(release: 0, deadline: 10, work: 10)]
      + (0..<10).map { _ in Job(release: 0, deadline: 10, work: 1) }
    #expect(OnTimeBound(mixed).maximumOnTime == 10)
  }

  /// In overload it is what the machine does in all, over the work of one.
  @Test func inOverloadItIsTheCapacity() {
    let jobs = (0..<1000).map { Job(release: Int64($0), deadline: Int64($0) + 20, work: 4) }
    #expect(OnTimeBound(jobs).maximumOnTime == (999 + 20) / 4)
  }

  @Test func manyAmountsOfWorkAreRoundedDown() {
    var random = RandomStream(seed: 3, stream: RandomStreamID(rawValue: 1))
    let jobs = (0..<2000).map { index in
      Job(
        release: Int64(index) * 1000, deadline: Int64(index) * 1000 + 30_000,
        work: 500 + Int64(random.index(below: 4000)))
    }
    let bound = OnTimeBound(jobs).maximumOnTime
    // Every amount apart: no less than a sixteenth above it.
    let whole = Array(Set(jobs.map(\.work))).count
    #expect(whole > OnTimeBound.maximumLengths)
    var served = 0
    var now = Int64(0)
    for job in jobs.sorted(by: { $0.deadline < $1.deadline }) where job.work < 1500 {
      let end = max(now, job.release) + job.work
      guard end <= job.deadline else { continue }
      now = end
      served += 1
    }
    #expect(bound >= served && bound < 2000, "\(bound) \(served)")
  }
}

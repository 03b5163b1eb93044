import Cluster
import EventEngine
import Workload

/// Serves a set of queries that was chosen before the first of them arrived.
///
/// Chosen as Moore and Hodgson do (Management Science 15, 1968): in order of deadlines, and whenever one is late, the
/// longest of those in the same busy period is left out. With arrivals that is no longer the best choice, but a good one.
struct ChosenQueries: Admission {
  /// By number of the query.
  private let isChosen: [Bool]

  /// Jobs by number, on one machine that does `efficiency` of its work in a unit of time.
  init(_ jobs: [OnTimeBound.Job], efficiency: Double) {
    var isChosen = [Bool](repeating: false, count: jobs.count)
    var busy: [Int] = []
    var finish = Int64.min
    func time(_ job: Int) -> Int64 { Int64(Double(jobs[job].work) / efficiency) }
    for job in jobs.indices.sorted(by: { (jobs[$0].deadline, $0) < (jobs[$1].deadline, $1) }) {
      if jobs[job].release >= finish { busy.removeAll(keepingCapacity: true) }
      busy.append(job)
      isChosen[job] = true
      finish = max(finish, jobs[job].release) + time(job)
      guard finish > jobs[job].deadline else { continue }
      guard let longest = busy.indices.max(by: { jobs[busy[$0]].work < jobs[busy[$1]].work }) else {
        continue
      }
      isChosen[busy[longest]] = false
      busy.remove(at: longest)
      finish = busy.reduce(Int64.min) { max($0, jobs[$1].release) + time($1) }
    }
    self.isChosen = isChosen
  }

  /// True.
  var rechecksBeforeService: Bool { true }

  func admit(_ query: QueryView, _ cluster: ClusterView) -> AdmissionDecision {
    let number = Int(query.id.rawValue)
    return isChosen.indices.contains(number) && isChosen[number] ? .accept : .drop(.refused)
  }

  /// Whether it would still be on time.
  func isWorthwhile(_ query: QueryView, finish: SimulationTime) -> Bool {
    finish <= query.deadline
  }
}

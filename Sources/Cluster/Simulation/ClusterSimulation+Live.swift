import EventEngine
import LatencyProfiles
import LatentDynamics

/// Runs whose work is done for real: the same policies, queues and batches by another clock.
extension ClusterSimulation {
  /// Runs by the executor's clock until every query has ended, or the executor stops.
  ///
  /// Whatever is due happens at the time at which this gets round to it: a timer that fires late is late in the
  /// results, too.
  public mutating func runLive() -> any Observer {
    guard let executor else { preconditionFailure("a live run without an executor") }
    scheduleFirst()
    executor.start()
    while !isStopped, !isOver || ongoing.contains(where: { $0 != nil }) {
      let event = executor.wait(until: min(loop.nextTime() ?? .distantFuture, horizon))
      loop.advance(to: min(max(loop.now, executor.now), horizon))
      if loop.now >= horizon { break }
      switch event {
      case .ended(let ticket): workDone(ticket)
      case .due: while let event = loop.takeDue() { handle(event) }
      case .stopped: isStopped = true
      }
      releaseEnded()
    }
    close()
    return observer
  }

  func liveWork(
    _ ticket: Int, _ stage: Stage, on w: Int, _ group: [Int32], images: Int, isOnCore: Bool
  ) -> LiveWork {
    LiveWork(
      ticket: ticket, worker: isOnCore ? nil : WorkerID(rawValue: Int32(w)), stage: stage,
      shape: times.shapes[Int(parts[Int(group[0])].shape.rawValue)], images: images,
      members: group.map { member(Int($0), in: stage) })
  }

  private func member(_ part: Int, in stage: Stage) -> LiveWork.Member {
    let p = parts[part]
    let maintainsViews = probes.map { p.isProbed(after: p.evaluationsDone + 1, $0) } ?? false
    return LiveWork.Member(
      part: part, row: p.trajectory < 0 ? nil : Int(p.trajectory), path: p.path, finish: p.finish,
      maintainsViews: stage == .denoise && maintainsViews)
  }
}

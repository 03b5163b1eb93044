import ArgumentParser
import Foundation
import Synchronization

/// Raised by Ctrl-C or SIGTERM, which do not kill the program as long as this lives; a second one does, at once.
final class InterruptFlag {
  private final class State: Sendable {
    /// Of the signal that raised it; 0 = none has.
    let number = Atomic<Int32>(0)
  }

  private let state = State()
  private let sources: [any DispatchSourceSignal]

  /// - Parameters:
  ///   - kept: what a stop at once leaves.
  ///   - stops: when the first signal stops.
  init(
    kept: String = "finished runs are in the database",
    stops: String = "when the present runs are done"
  ) {
    let state = state
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        let (isFirst, _) = state.number.compareExchange(
          expected: 0, desired: number, ordering: .relaxed)
        guard !isFirst else {
          Output.error("Stopping \(stops); a second signal stops at once.")
          return
        }
        Output.error("Stopped at once: \(kept).")
        _exit(128 + number)
      }
      source.activate()
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }

  /// Whether it is raised.
  var isRaised: @Sendable () -> Bool {
    let state = state
    return { state.number.load(ordering: .relaxed) != 0 }
  }

  /// What a shell expects of a program that the signal ended.
  var exitCode: ExitCode { ExitCode(128 + state.number.load(ordering: .relaxed)) }
}

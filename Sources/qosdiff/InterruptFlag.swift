import Foundation
import Synchronization

/// Raised by Ctrl-C, which does not kill the program as long as this lives.
final class InterruptFlag {
  private final class State: Sendable {
    let isRaised = Atomic(false)
  }

  private let state = State()
  private let source: any DispatchSourceSignal

  init() {
    signal(SIGINT, SIG_IGN)
    source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    let state = state
    source.setEventHandler { state.isRaised.store(true, ordering: .relaxed) }
    source.activate()
  }

  deinit {
    source.cancel()
    signal(SIGINT, SIG_DFL)
  }

  var isRaised: Bool { state.isRaised.load(ordering: .relaxed) }
}

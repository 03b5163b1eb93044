import Dispatch
import EventEngine
import Synchronization

/// Hands values from any thread to those that wait for them, first in, first out.
final class Mailbox<Value: Sendable>: Sendable {
  private let values = Mutex<[Value]>([])
  private let filled = DispatchSemaphore(value: 0)

  func put(_ value: Value) {
    values.withLock { $0.append(value) }
    filled.signal()
  }

  /// The next value; waits for it.
  func take() -> Value {
    filled.wait()
    return values.withLock { $0.removeFirst() }
  }

  /// The next value; nil where none comes within so many nanoseconds.
  func take(within nanoseconds: Int64) -> Value? {
    let limit = DispatchTime.now() + .nanoseconds(Int(clamping: max(nanoseconds, 0)))
    guard filled.wait(timeout: limit) == .success else { return nil }
    return values.withLock { $0.removeFirst() }
  }
}

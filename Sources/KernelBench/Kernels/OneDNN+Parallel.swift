extension OneDNN {
  /// Runs `body` once on each of oneDNN's own threads: others would compete with those, which spin
  /// between two primitives.
  func parallel(_ body: (_ thread: Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      let task = ParallelTask(threadNumber: library.threadNumber, body: body)
      library.runParallel(
        { context in
          guard let context else { return }
          let task = Unmanaged<ParallelTask>.fromOpaque(context).takeUnretainedValue()
          task.body(Int(task.threadNumber()))
        }, Unmanaged.passUnretained(task).toOpaque(), UInt32(threads), 0)
      withExtendedLifetime(task) {}
    }
  }
}

private final class ParallelTask {
  let threadNumber: @convention(c) () -> Int32
  let body: (Int) -> Void

  init(
    threadNumber: @escaping @convention(c) () -> Int32, body: @escaping (Int) -> Void
  ) {
    self.threadNumber = threadNumber
    self.body = body
  }
}

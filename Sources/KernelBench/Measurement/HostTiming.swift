/// Times what the host does beside the networks, in the bench's own way.
public enum HostTiming {
  /// Timings of `body`, until their median is known to 2 % or `seconds` are spent.
  public static func samples(seconds: Double, _ body: () -> Void) -> Samples {
    let stopwatch = Stopwatch(minimum: BenchPlan.residualRepetitions, budget: seconds)
    // A body that throws nothing gives timings that throw nothing.
    return (try? stopwatch.time { () throws(KernelBenchError) in body() }) ?? Samples()
  }
}

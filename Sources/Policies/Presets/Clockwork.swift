/// Clockwork: predictable execution. The query that must start first goes first, on the worker that is predicted to finish
/// it first, and what cannot be on time is dropped as early as that is known.
///
/// Taken: order by latest start, which is that of least slack; drops at arrival and before service; workers by predicted
/// times; batches enlarged as long as all deadlines hold. Left out: windows in which a worker may start an action (nothing
/// here starts unasked).
enum Clockwork {
  static let preset = PolicyPreset(
    "clockwork",
    summary:
      "latest start first, on the worker that finishes first, in batches that keep deadlines; hopeless queries dropped",
    reference: "Gujarati et al., Serving DNNs like Clockwork, OSDI 2020",
    parts: [
      .discipline: "least-slack", .dispatcher: "earliest-finish", .admission: "drop-hopeless",
      .batching: "deadline-aware",
    ])
}

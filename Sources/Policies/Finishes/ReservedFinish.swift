import Cluster

/// One last step, kept in reserve: the last prediction leads to the schedule's last time, and one more
/// evaluation there ends it.
enum ReservedFinish {
  static let entry = PolicyEntry(
    .finish, "reserved",
    summary: "one last step: one more evaluation, at the schedule's own last time",
    reference: "Huo et al., QoS-Diff, MMAsia 2024 (abstract); where the step starts is Assumed"
  ) { _ in .success(.finish(.reserved)) }
}

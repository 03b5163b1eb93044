import Cluster

/// One last step: one more evaluation leads straight to the predicted clean latent.
enum JumpFinish {
  static let entry = PolicyEntry(
    .finish, "jump", summary: "one last step: one more evaluation, to the predicted clean latent",
    reference: "Huo et al., QoS-Diff, MMAsia 2024 (abstract); where the step leads is Assumed"
  ) { _ in .success(.finish(.jump)) }
}

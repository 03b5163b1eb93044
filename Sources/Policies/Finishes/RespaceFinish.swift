import Cluster

/// What is left of the noise range in a few evaluations.
enum RespaceFinish {
  static let entry = PolicyEntry(
    .finish, "respace", summary: "what is left of the noise range in a few evaluations",
    parameters: [
      PolicyParameter(
        "evaluations", .integer(1...1000), default: .integer(5),
        "evaluations over what is left; Assumed")
    ]
  ) { .success(.finish(.respace($0.integer("evaluations")))) }
}

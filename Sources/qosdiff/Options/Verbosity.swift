import ArgumentParser

/// How much is said beside results and errors.
struct Verbosity: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Says nothing but results, warnings and errors.")
  var quiet = false

  /// What a user may like to know, on standard error.
  func note(_ text: String) {
    if !quiet { Output.error(text) }
  }
}

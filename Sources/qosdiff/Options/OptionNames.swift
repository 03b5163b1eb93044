import ArgumentParser
import Diagnostics
import Scenarios

/// The long options that a command knows, as its help lists them.
struct OptionNames {
  private let command: any ParsableCommand.Type
  /// How it is called, `qosdiff trace inspect`.
  private let call: String

  init(of command: any ParsableCommand.Type, calledBy call: String) {
    self.command = command
    self.call = call
  }

  /// Refuses an option that the command does not know. The parser's own suggestion is the nearest name, however far.
  func check(_ arguments: ArraySlice<String>) throws(InputError) {
    // With commands of its own it has no options but these.
    guard command.configuration.subcommands.isEmpty else { return }
    let given = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }
    if given.isEmpty { return }
    let help = command.helpMessage(includeHidden: true)
    let names =
      help.matches(of: /--[a-z][a-z0-9-]*/).map { String($0.output) } + ["--help", "--version"]
    for argument in given {
      let name = String(argument.prefix { $0 != "=" })
      if !names.contains(name) {
        throw InputError(
          .usage, "there is no option '\(name)'", hint: hint(name, among: names))
      }
    }
  }

  private func hint(_ name: String, among names: [String]) -> String {
    if let near = Suggestion.nearest(to: name, in: names) { return "did you mean '\(near)'?" }
    let key = String(name.dropFirst(2)).replacing("-", with: "_")
    let settings = ScenarioShape.settings.filter { path in
      path.split(separator: ".").last.map { Suggestion.nearest(to: key, in: [String($0)]) != nil }
        ?? false
    }
    if names.contains("--set"), let path = settings.first {
      return "a scenario's value is set by --set \(path)=VALUE"
    }
    return "'\(call) --help' lists them"
  }
}

import ArgumentParser
import Diagnostics
import Experiments
import Foundation

/// The command line: parses, calls, prints. Nothing below it prints or exits.
@main
struct QoSDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "qosdiff",
    abstract: "Simulates a datacenter that serves diffusion models, and compares serving policies.",
    discussion: """
      Exit codes: 0 done; 1 a check that failed; 64 usage; 65 bad input; 66 input missing;
      73/74 output cannot be written.
      """,
    version: ProgramVersion.text,
    subcommands: [
      RunCommand.self, CompareCommand.self, SweepCommand.self, SweepTaskCommand.self,
      CapacityCommand.self, LiveCommand.self,
      ReportCommand.self,
      TraceCommand.self,
      ProfileCommand.self, BenchCommand.self, LatentsCommand.self, InitCommand.self,
      ValidateCommand.self, PoliciesCommand.self, SchemaCommand.self,
    ])

  /// Refuses what stands in the place of a subcommand or an option and is none.
  private static func checkArguments() throws {
    var within: any ParsableCommand.Type = self
    var call = "qosdiff"
    for (index, argument) in CommandLine.arguments.enumerated().dropFirst() {
      let commands = within.configuration.subcommands
      if argument.hasPrefix("-") || argument == "help" || commands.isEmpty {
        return try OptionNames(of: within, calledBy: call)
          .check(CommandLine.arguments.dropFirst(index))
      }
      if let found = commands.first(where: { $0._commandName == argument }) {
        within = found
        call += " \(argument)"
        continue
      }
      let names = commands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
      // Where it takes arguments of its own, or names its subcommands itself, the parser knows better.
      if within.configuration.defaultSubcommand != nil || names.isEmpty { return }
      throw InputError(
        .usage, "there is no command '\(argument)'",
        hint: Suggestion.hint(for: argument, in: names, noun: "command"))
    }
  }

  static func main() async {
    do {
      try checkArguments()
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as InputError {
      for diagnostic in error.diagnostics {
        Output.error(diagnostic.description)
        if let caret = diagnostic.caret { Output.error(caret) }
      }
      Foundation.exit(error.exitCode)
    } catch let diagnostic as Diagnostic {
      Output.error(diagnostic.description)
      Foundation.exit(diagnostic.category.rawValue)
    } catch {
      exit(withError: error)
    }
  }
}

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

  /// Refuses what stands in the place of a subcommand and is none.
  private static func checkSubcommand() throws {
    let commands = configuration.subcommands.map { $0.configuration }
    guard let first = CommandLine.arguments.dropFirst().first, !first.hasPrefix("-"),
      first != "help", !commands.contains(where: { $0.commandName == first })
    else { return }
    let names = commands.filter { $0.shouldDisplay }.compactMap { $0.commandName }
    throw InputError(
      .usage, "there is no command '\(first)'",
      hint: Suggestion.hint(for: first, in: names, noun: "command"))
  }

  static func main() async {
    do {
      try checkSubcommand()
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

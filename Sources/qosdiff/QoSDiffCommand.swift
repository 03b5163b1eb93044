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
      CapacityCommand.self,
      ReportCommand.self,
      TraceCommand.self,
      ProfileCommand.self, BenchCommand.self, LatentsCommand.self, InitCommand.self,
      ValidateCommand.self, PoliciesCommand.self, SchemaCommand.self,
    ])

  static func main() async {
    do {
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

/// Results go to standard output, everything else to standard error.
enum Output {
  static func result(_ text: String) { print(text) }

  static func error(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Progress, on a terminal only; `\r` returns to the start of the line.
  static func progress(_ text: String) {
    guard isatty(STDERR_FILENO) != 0 else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
  }
}

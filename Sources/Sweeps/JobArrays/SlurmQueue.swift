package import Diagnostics
import Foundation

/// Slurm, by its commands `sbatch` and `squeue`; no accounting daemon is needed.
package struct SlurmQueue: JobQueue {
  let program: String
  let options: [String]
  let maximumTasks: Int?

  /// Slurm running `program sweep-task` with more options of `sbatch`, at most `most` tasks of an array
  /// at a time.
  package init(program: String, options: [String] = [], maximumTasks: Int? = nil) {
    self.program = program
    self.options = options
    self.maximumTasks = maximumTasks
  }

  /// Submits a job array whose script is read from standard input.
  package func submit(
    name: String, file: String, tasks: Int, logs: String
  ) throws(InputError) {
    let quoted = [program, "sweep-task", file].map(Self.quote).joined(separator: " ")
    let script = "#!/bin/sh\nexec \(quoted) \"$SLURM_ARRAY_TASK_ID\"\n"
    let throttle = maximumTasks.map { "%\($0)" } ?? ""
    _ = try run(
      "sbatch",
      [
        "--parsable", "--job-name=\(name)", "--array=0-\(tasks - 1)\(throttle)",
        "--output=\(logs.replacing("%", with: "%%"))/\(name)-%a.log", "--ntasks=1",
      ] + options, input: script)
  }

  /// Asks `squeue`.
  package func live(_ names: [String]) throws(InputError) -> Set<JobTask> {
    guard !names.isEmpty else { return [] }
    let lines = try run(
      "squeue",
      ["--noheader", "--array", "--name=\(names.joined(separator: ","))", "--format=%j|%K"])
    return Set(
      lines.split(separator: "\n").compactMap { line in
        let parts = line.split(separator: "|")
        guard parts.count == 2,
          let index = Int(parts[1].trimmingCharacters(in: .whitespaces))
        else { return nil }
        return JobTask(name: String(parts[0]), index: index)
      })
  }

  private static func quote(_ text: String) -> String {
    "'" + text.replacing("'", with: #"'\''"#) + "'"
  }

  private func run(
    _ command: String, _ arguments: [String], input: String = ""
  ) throws(InputError) -> String {
    let place = Diagnostic.Location(file: "--engine slurm")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [command] + arguments
    let (inPipe, outPipe) = (Pipe(), Pipe())
    process.standardInput = inPipe
    process.standardOutput = outPipe
    process.standardError = outPipe
    do {
      try process.run()
      // A script of a few lines fits the pipe's buffer; the command may end without reading it.
      try? inPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
      try inPipe.fileHandleForWriting.close()
      let data = try outPipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      let text = String(decoding: data, as: UTF8.self)
      if process.terminationStatus == 127 {
        throw InputError(
          .missingInput, at: place, "there is no '\(command)' on the PATH",
          hint: "run it where Slurm is, or use --engine local")
      }
      guard process.terminationStatus == 0 else {
        throw InputError(
          .failed, at: place, "\(command) failed: \(text.trimmingCharacters(in: .newlines))",
          hint: "what is finished is kept: give the same command again")
      }
      return text
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError(.failed, at: place, "\(command) could not be run: \(error)")
    }
  }
}

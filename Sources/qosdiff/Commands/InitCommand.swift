import ArgumentParser
import Diagnostics
import EventEngine
import Foundation
import Workload

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Writes a commented scenario, a small trace and two profiles to start from.")

  @Argument(help: "The folder; default: the present one.")
  var folder = "."

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let files: [(name: String, text: String)] = [
      ("scenario.yaml", StarterFiles.scenario), ("trace.csv", StarterFiles.trace()),
      ("gpu.json", StarterFiles.gpuProfile), ("cpu.json", StarterFiles.cpuProfile),
    ]
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw InputError(
        .cannotCreate, at: .init(file: folder), "the folder cannot be made",
        hint: "name one that can be written")
    }
    for file in files where FileManager.default.fileExists(atPath: "\(folder)/\(file.name)") {
      throw InputError(
        .cannotCreate, at: .init(file: "\(folder)/\(file.name)"),
        "the file is already there and is left alone", hint: "name an empty folder")
    }
    for file in files {
      do {
        try file.text.write(
          toFile: "\(folder)/\(file.name)", atomically: true, encoding: .utf8)
      } catch {
        throw InputError(
          .cannotWrite, at: .init(file: "\(folder)/\(file.name)"), "the file cannot be written",
          hint: "see to space and permissions")
      }
      if !json { Output.result("wrote \(folder)/\(file.name)") }
    }
    if json {
      Output.json(["files": files.map { "\(folder)/\($0.name)" }])
      return
    }
    Output.result("next: qosdiff compare \(folder)/scenario.yaml")
  }
}

import Foundation
import PackagePlugin

/// Has every build hash the sources that it is of, whoever calls it.
@main struct HashSources: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let root = context.package.directoryURL
    let out = context.pluginWorkDirectoryURL.appending(path: "SourceHash.swift")
    let inputs = Self.files(under: root.appending(path: "Sources"))
    return [
      .buildCommand(
        displayName: "Hashing the sources",
        executable: try context.tool(named: "hash-sources").url,
        arguments: [root.path(percentEncoded: false), out.path(percentEncoded: false)],
        inputFiles: inputs + [root.appending(path: "Package.swift")], outputFiles: [out])
    ]
  }

  /// What the build must look at again where it changes; the tool chooses among it.
  private static func files(under folder: URL) -> [URL] {
    let found = FileManager.default.enumerator(
      at: folder, includingPropertiesForKeys: [.isRegularFileKey], options: [.skipsHiddenFiles])
    return (found?.compactMap { $0 as? URL } ?? [])
      .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile ?? false }
      .sorted { $0.path < $1.path }
  }
}

public import Diagnostics
import Foundation
public import Workload
import Yams

/// Reads scenario files.
public struct ScenarioReader: Sendable {
  /// Folders searched for traces after the scenario's own.
  public var traceFolders: [String]

  /// Finds or measures this machine's own profile, for `profile: auto`; nil where nothing can.
  public var ownProfile: OwnFile?

  /// Finds or makes the built-in trajectory table, for `latents: auto`; nil where nothing can.
  public var ownTable: OwnFile?

  /// Profiles that stand in for all that a scenario names; nil = its own.
  public var standIns: ProfileStandIns?

  /// What unpacks traces that are packed by gzip; nil = such traces are faults.
  public var unpacking: Unpacking?

  /// Gives the path of a file that holds a model at a height and width in pixels.
  public typealias OwnFile =
    @Sendable (_ model: String, _ height: Int, _ width: Int)
    throws(InputError) -> String

  /// A reader that looks for traces beside the scenario and then in `traceFolders`.
  public init(
    traceFolders: [String] = [], unpacking: Unpacking? = nil, ownProfile: OwnFile? = nil,
    ownTable: OwnFile? = nil
  ) {
    self.unpacking = unpacking
    self.traceFolders = traceFolders
    self.ownProfile = ownProfile
    self.ownTable = ownTable
  }

  /// The scenario at `path` with `overrides` (`a.b=value`) applied.
  ///
  /// - Throws: every fault found, located; 66 if the file is not there.
  public func read(path: String, overrides: [String] = []) throws(InputError) -> Scenario {
    let text = try Self.text(of: path)
    return try read(text: text, path: path, overrides: overrides)
  }

  /// The scenario in `text`, whose relative paths start from the folder of `path`.
  public func read(
    text: String, path: String, overrides: [String] = []
  ) throws(InputError) -> Scenario {
    var root = try Self.compose(text, path: path)
    var set: [(path: [String], option: String)] = []
    for option in overrides {
      let override = try Override(option)
      set.append((path: try override.apply(to: &root), option: override.option))
    }
    let lines = SourceLines.split(text)
    // The last option that set a place is the one in effect there.
    var walker = ShapeWalker(file: path, lines: lines, overrides: set.reversed())
    let value = walker.walk(root, ScenarioShape.root, path: [])
    var builder = ScenarioBuilder(
      path: path, lines: lines, folder: Self.folder(of: path), traceFolders: traceFolders,
      unpacking: unpacking, ownProfile: ownProfile, ownTable: ownTable, standIns: standIns)
    guard walker.diagnostics.isEmpty, let value else {
      let faults = walker.diagnostics + (walker.sections.map { builder.faultsOfFiles($0) } ?? [])
      throw InputError(
        faults.isEmpty
          ? [Diagnostic(.badInput, at: .init(file: path), "the scenario cannot be read")] : faults)
    }
    return try builder.build(value, text: text, overrides: overrides)
  }

  private static func text(of path: String) throws(InputError) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InputError(
        .missingInput, at: .init(file: path), "there is no such scenario",
        hint: "'qosdiff init' writes one to start from")
    }
    guard !isFolder.boolValue, let data = try InputFile.contents(path, wanted: "a scenario")
    else {
      throw InputError(
        .missingInput, at: .init(file: path), "this cannot be read as a file",
        hint: "name a scenario file")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw InputError(
        .badInput, at: .init(file: path), "this is not UTF-8 text", hint: "save it as UTF-8")
    }
    return text
  }

  static func folder(of path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }

  private static func compose(_ text: String, path: String) throws(InputError) -> Node {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw InputError(
          .badInput, at: .init(file: path, line: 1, column: 1), "the scenario is empty",
          hint: "'qosdiff init' writes one to start from")
      }
      return node
    } catch let error as InputError {
      throw error
    } catch let error as YamlError {
      throw InputError(YAMLFault.diagnostic(error, path: path, text: text))
    } catch {
      throw InputError(.badInput, at: .init(file: path), "this is not YAML")
    }
  }
}

/// Profiles of the machine at hand.
public struct ProfileStandIns: Hashable, Sendable {
  /// Path of the accelerators' profile.
  public var accelerator: String
  /// Path of the CPU cores' profile.
  public var core: String

  /// Two profiles by their paths.
  public init(accelerator: String, core: String) {
    self.accelerator = accelerator
    self.core = core
  }
}

/// What YAML's parser says, as a located diagnostic.
enum YAMLFault {
  static func diagnostic(_ error: YamlError, path: String, text: String) -> Diagnostic {
    let lines = SourceLines.split(text)
    func located(_ mark: Mark, _ what: String, _ hint: String) -> Diagnostic {
      Diagnostic(
        .badInput, at: SourceLines.location(mark, file: path, lines: lines), what, hint: hint,
        sourceLine: SourceLines.line(mark.line, of: lines))
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      if SourceLines.line(mark.line, of: lines)?.prefix(while: \.isWhitespace).contains("\t")
        ?? false
      {
        return located(mark, "a tab in the indentation", "YAML indents by spaces")
      }
      return located(mark, "not YAML: \(problem)", "mind indentation, colons and quotes")
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.joined(separator: "', '")
      return located(
        context.mark, "key '\(names)' stands twice in one mapping", "keep one of them")
    default:
      return Diagnostic(
        .badInput, at: .init(file: path), "not YAML", hint: "mind indentation, colons and quotes")
    }
  }
}

/// A `--set a.b=value`.
struct Override {
  let option: String
  let path: [String]
  let value: Node

  init(_ text: String) throws(InputError) {
    option = "--set \(text)"
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw InputError(
        .usage, at: .init(file: option), "this is no PATH=VALUE",
        hint: "write it like --set workload.load=0.8")
    }
    path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let content = String(text[text.index(after: equals)...])
    do {
      value = try Yams.compose(yaml: content) ?? Node("")
    } catch {
      throw InputError(
        .usage, at: .init(file: option), "the value is not YAML", hint: "quote it")
    }
  }

  /// Sets the value in the tree; list elements go by index or by their `name`.
  ///
  /// - Returns: the path, list elements by index.
  func apply(to root: inout Node) throws(InputError) -> [String] {
    try apply(path[...], to: &root)
  }

  private func apply(
    _ rest: ArraySlice<String>, to node: inout Node
  ) throws(InputError) -> [String] {
    guard let key = rest.first else {
      node = value
      return []
    }
    switch node {
    case .mapping(var mapping):
      var child = mapping[Node(key)] ?? Node([(Node, Node)]())
      let path = try apply(rest.dropFirst(), to: &child)
      mapping[Node(key)] = child
      node = .mapping(mapping)
      return [key] + path
    case .sequence(var sequence):
      let index =
        Int(key) ?? sequence.firstIndex { $0.mapping?["name"]?.scalar?.string == key } ?? -1
      guard sequence.indices.contains(index) else {
        throw InputError(
          .usage, at: .init(file: option), "there is no element '\(key)'",
          hint: "name one of 0 to \(sequence.count - 1), or an element's name")
      }
      let path = try apply(rest.dropFirst(), to: &sequence[index])
      node = .sequence(sequence)
      return ["\(index)"] + path
    case .scalar:
      // 'steps: fixed' may become 'steps: { slack: ... }'.
      var child = Node([(Node, Node)]())
      let path = try apply(rest.dropFirst(), to: &child)
      node = Node([(Node(key), child)])
      return [key] + path
    case .alias:
      throw InputError(.usage, at: .init(file: option), "an alias cannot be set")
    }
  }
}

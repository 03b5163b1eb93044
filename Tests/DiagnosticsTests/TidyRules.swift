/// A breach of a house rule, by 1-based line.
struct Breach: Equatable {
  var line: Int
  var what: String
}

/// The house rules that a reader of the text alone can check. Each takes one file.
enum TidyRules {
  static let executable = "qosdiff"
  static let maximumLines = 420

  /// What each module never imports: the table of modules of the design, layer by layer.
  static let forbidden: [String: Set<String>] = {
    let above: (String) -> Set<String> = { name in
      guard let layer = layers.firstIndex(where: { $0.contains(name) }) else { return [] }
      return Set(layers[(layer + 1)...].joined())
    }
    var table: [String: Set<String>] = [
      "DiffusionModels": ["EventEngine"], "LatencyProfiles": ["KernelBench"],
      "KernelBench": ["Cluster"], "LatentDynamics": ["Cluster"], "Workload": ["Cluster"],
      "Cluster": ["Gzip", "Policies", "Results"], "Policies": ["Results", "Scenarios"],
      "Scenarios": ["Gzip", "Results"], "Results": ["Policies"], "Timeline": ["Results"],
      "LiveServer": ["Scenarios", "Reporting"],
      "Analysis": ["Gzip", "KernelBench", "LiveServer", "Reporting"],
      "Experiments": ["Gzip", "KernelBench", "LiveServer", "Reporting"],
      "Sweeps": ["Gzip", "KernelBench", "LiveServer", "Reporting"],
      "Reporting": ["Cluster"],
    ]
    for module in layers.joined() { table[module, default: []].formUnion(above(module)) }
    // What the program is must not reach ids and results: only who writes provenance knows it.
    for module in layers.joined() where module != executable {
      table[module, default: []].insert("ProgramIdentity")
    }
    return table
  }()

  /// The modules, lowest layer first, in the order of the design's table.
  static let layers: [[String]] = [
    ["Diagnostics", "ProgramIdentity", "hash-sources"], ["EventEngine"], ["DiffusionModels"],
    ["LatencyProfiles"], ["KernelBench"],
    ["LatentDynamics"], ["Workload"], ["Gzip"], ["Cluster"], ["Policies"], ["Scenarios"],
    ["Results"],
    ["Timeline"], ["LiveServer"], ["Analysis"], ["Experiments"], ["Sweeps"], ["LiveValidation"],
    ["Reporting"],
    ["TextReports"], ["qosdiff"],
  ]

  static func imports(_ text: String, in module: String) -> [Breach] {
    let never = forbidden[module] ?? []
    return breaches(in: code(text)) { line in
      let words = line.split(separator: " ").map(String.init)
      guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
        words[..<place].allSatisfy({ importWords.contains($0) })
      else { return nil }
      // `import struct Module.Name` names the module too.
      let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "var", "let"]
      let named = words[(place + 1)...].first { !kinds.contains($0) } ?? ""
      let imported = named.split(separator: ".").first.map(String.init) ?? named
      return never.contains(imported) ? "\(module) must not import \(imported)" : nil
    }
  }

  private static let importWords: Set<String> = [
    "public", "internal", "package", "private", "fileprivate", "@preconcurrency", "@testable",
    "@_exported",
  ]

  /// Wall clocks and unseeded randomness outside the modules that may look at the clock.
  static func clocks(_ text: String, in module: String) -> [Breach] {
    guard ![executable, "KernelBench", "LiveServer", "LiveValidation"].contains(module) else {
      return []
    }
    let never = [
      "Date()", "Date.now", "ContinuousClock", "SuspendingClock", "SystemRandomNumberGenerator",
      "arc4random", "gettimeofday", "clock_gettime", "DispatchTime", "drand48", "UUID()",
      ".randomElement()", ".shuffled()", ".shuffle()",
    ]
    return breaches(in: code(text)) { line in
      if let word = never.first(where: { line.contains($0) }) { return "\(word) in \(module)" }
      if line.contains(".random(in:"), !line.contains("using:") {
        return "randomness without a generator"
      }
      return nil
    }
  }

  /// What traps or prints outside the executable.
  static func traps(_ text: String, in module: String) -> [Breach] {
    breaches(in: code(text)) { line in
      if line.contains("try!") { return "try! traps on an error" }
      if calls("fatalError", in: line) { return "fatalError( in place of an error" }
      if module != executable, calls("print", in: line) { return "only the executable prints" }
      return nil
    }
  }

  static func length(_ text: String) -> [Breach] {
    let count = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
    return count > maximumLines
      ? [Breach(line: count, what: "\(count) lines, over \(maximumLines)")] : []
  }

  /// Public declarations without a `///` line before them (attributes may stand between).
  static func documentation(_ text: String) -> [Breach] {
    var found: [Breach] = []
    var isDocumented = false
    for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = raw.trimmingPrefix { $0 == " " }
      if line.hasPrefix("///") {
        isDocumented = true
      } else if declaresPublicly(String(line)) {
        if !isDocumented {
          found.append(Breach(line: index + 1, what: "no documentation: \(line)"))
        }
        isDocumented = false
      } else if !line.hasPrefix("@") {
        isDocumented = false
      }
    }
    return found
  }

  private static func declaresPublicly(_ line: String) -> Bool {
    var words = line.split(separator: " ").map(String.init)
    while let first = words.first, first.hasPrefix("@") { words.removeFirst() }
    guard words.first == "public" || words.first == "open" else { return false }
    return words.count < 2 || !["import", "extension"].contains(words[1])
  }

  /// Whether a line calls the function of this name, and not one whose name ends so or a method.
  private static func calls(_ name: String, in line: String) -> Bool {
    line.ranges(of: name + "(").contains { range in
      guard range.lowerBound > line.startIndex else { return true }
      let before = line[line.index(before: range.lowerBound)]
      return !(before.isLetter || before.isNumber || before == "_" || before == ".")
    }
  }

  /// The lines with comments and the contents of string literals blanked out.
  static func code(_ text: String) -> [String] {
    var isInBlock = false
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { raw in
      let line = String(raw)
      if line.contains("\"\"\"") {
        // Opens and closes within a line only where it stands there twice.
        if line.ranges(of: "\"\"\"").count == 1 { isInBlock.toggle() }
        return ""
      }
      return isInBlock ? "" : withoutTextAndComment(line)
    }
  }

  private static func withoutTextAndComment(_ line: String) -> String {
    var result = ""
    var isInString = false
    var isEscaped = false
    var last: Character = " "
    for character in line {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
        } else if character == "\"" {
          isInString = false
          result.append(character)
        }
      } else {
        if character == "/", last == "/" { return String(result.dropLast()) }
        if character == "\"" { isInString = true }
        result.append(character)
      }
      last = character
    }
    return result
  }

  private static func breaches(
    in lines: [String], _ rule: (String) -> String?
  ) -> [Breach] {
    lines.enumerated().compactMap { index, line in
      rule(line).map { Breach(line: index + 1, what: $0) }
    }
  }
}

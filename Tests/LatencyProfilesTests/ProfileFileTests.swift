import Diagnostics
import Foundation
import Testing

@testable import LatencyProfiles

@Suite struct ProfileFileTests {
  /// A whole profile in four lines; entries start at 3:3 and 4:3.
  static let good = """
    {"schema": 1, "name": "n", "provenance": "measured", "device": "d", "source": "s", "mode": "m",
    "libraries": {"one": "1.0"}, "date": "2024-11-15", "cores": 1, "entries": [
      {"model": "net", "stage": "denoise", "height": 64, "width": 32, "guidance": true, "batch": 1, \
    "median_s": 0.25, "p10_s": 0.2, "p90_s": 0.4, "repetitions": 9, \
    "residual_quantiles": [0.8, 1, 1.5], "lag1_autocorrelation": 0.1, "provenance": "measured"},
      {"model": "*", "stage": "post-process", "height": 64, "width": 32, "batch": 1, \
    "median_s": 1e-3, "provenance": "derived", "source": "t", "derivation": "A\\u00e9\\n."}]}
    """

  @Test func readsEveryField() throws {
    let profile = try LatencyProfile(text: Self.good, file: "p.json")
    #expect(profile.name == "n")
    #expect(profile.provenance == .measured)
    #expect(
      (profile.device, profile.source, profile.mode, profile.date) == ("d", "s", "m", "2024-11-15"))
    #expect(profile.libraries == ["one": "1.0"])
    #expect(profile.cores == 1)
    #expect(profile.text == Self.good)
    var first = LatencyProfile.Entry(
      model: "net", stage: .denoise, height: 64, width: 32, guidance: true, batch: 1,
      medianSeconds: 0.25, provenance: .measured)
    first.p10Seconds = 0.2
    first.p90Seconds = 0.4
    first.repetitions = 9
    first.residualQuantiles = [0.8, 1, 1.5]
    first.lag1Autocorrelation = 0.1
    var second = LatencyProfile.Entry(
      model: "*", stage: .postProcess, height: 64, width: 32, guidance: nil, batch: 1,
      medianSeconds: 1e-3, provenance: .derived)
    second.source = "t"
    second.derivation = "A\u{e9}\n."
    #expect(profile.entries == [first, second])
  }

  @Test func survivesARoundTrip() throws {
    for name in try Support.shippedNames {
      let read = try Support.shipped(name)
      let made = try LatencyProfile(
        name: read.name, device: read.device, source: read.source, mode: read.mode,
        libraries: read.libraries, date: read.date, cores: read.cores, entries: read.entries)
      #expect(made.entries == read.entries)
      #expect(made.provenance == read.provenance)
      let again = try LatencyProfile(text: made.text, file: "again")
      #expect(again == made)
    }
  }

  /// Known answers of 64-bit FNV-1a (its authors' test vectors): the same in every process.
  @Test(arguments: [
    ("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8"),
  ])
  func theHashIsFNV1a(text: String, expected: String) {
    #expect(ContentHash.hex(of: text) == expected)
  }

  @Test func theHashIsOfTheTextAlone() throws {
    let profile = try LatencyProfile(text: Self.good, file: "p.json")
    #expect(profile.contentHash.count == 16)
    #expect(
      try LatencyProfile(text: Self.good, file: "q.json").contentHash == profile.contentHash)
    #expect(
      try LatencyProfile(text: Self.good + "\n", file: "p.json").contentHash
        != profile.contentHash)
  }

  /// What is replaced in the good file, by what, and the one line that must come of it.
  static let faults: [(String, String, String)] = [
    (
      "\"schema\": 1", "\"schema\": 2",
      "p.json:1:12: error: schema version 2 is not known; this program reads version 1"
    ),
    ("\"schema\": 1, ", "", "p.json:1:1: error: 'schema' is missing"),
    ("\"name\": \"n\", ", "", "p.json:1:1: error: 'name' is missing"),
    ("\"n\"", "\"\"", "p.json:1:23: error: name must not be empty"),
    (
      "\"date\"", "\"dates\"",
      "p.json:2:30: error: unknown key 'dates'; did you mean 'date'?"
    ),
    ("\"cores\": 1", "\"cores\": 0", "p.json:2:61: error: cores must be at least 1"),
    ("{\"one\": \"1.0\"}", "[]", "p.json:2:14: error: 'libraries' must be an object of strings"),
    (
      "0.25", "-0.25", "error: entry 1 (net denoise batch 1): median_s must be positive"
    ),
    ("0.25", "0", "error: entry 1 (net denoise batch 1): median_s must be positive"),
    ("0.25", "NaN", "p.json:3:109: error: not JSON: 'NaN' is no JSON value"),
    ("0.25", "Infinity", "p.json:3:109: error: not JSON: 'Infinity' is no JSON value"),
    ("0.25", "1e999", "p.json:3:109: error: not JSON: the number 1e999 is out of range"),
    ("0.25", "\"NaN\"", "p.json:3:109: error: entry 1: 'median_s' must be a number"),
    ("0.25", "null", "p.json:3:109: error: entry 1: 'median_s' must be a number"),
    ("0.25", "1e7", "error: entry 1 (net denoise batch 1): median_s must be at most 1e6 seconds"),
    ("0.25", "0.1", "error: entry 1 (net denoise batch 1): p10_s must not be above median_s"),
    ("0.25", "0.5", "error: entry 1 (net denoise batch 1): p90_s must not be below median_s"),
    (
      "\"denoise\"", "\"denoising\"",
      "p.json:3:29: error: entry 1: 'stage' must be one of encode, denoise, decode, post-process"
    ),
    ("\"batch\": 1", "\"batch\": 0", "batch 0): batch must be from 1 to 65536"),
    ("\"batch\": 1", "\"batch\": 1.5", "error: entry 1: 'batch' must be a whole number"),
    ("\"height\": 64", "\"height\": 0", "height must be from 1 to 65536 pixels"),
    ("\"guidance\": true, ", "", "guidance must say true or false for denoise"),
    ("\"model\": \"net\"", "\"model\": \"*\"", "only post-process may be for any model ('*')"),
    ("[0.8, 1, 1.5]", "[1, 0.8]", "residual_quantiles must not decrease"),
    ("[0.8, 1, 1.5]", "[1, true]", "'residual_quantiles' must be an array of numbers"),
    ("0.1,", "1,", "lag1_autocorrelation must be between -1 and 1"),
    (
      "\"name\": \"n\"", "\"name\": \"n\", \"name\": \"o\"",
      "p.json:1:28: error: not JSON: the key 'name' is there twice"
    ),
    (
      "\"provenance\": \"measured\", \"device\"", "\"provenance\": \"published\", \"device\"",
      "p.json:1:42: error: the profile says 'published' but its weakest denoise entry is "
        + "'measured'; write \"provenance\": \"measured\""
    ),
  ]

  @Test(arguments: faults.indices)
  func locatesAFault(index: Int) throws {
    let (old, new, expected) = Self.faults[index]
    let range = try #require(Self.good.range(of: old))
    let text = Self.good.replacingCharacters(in: range, with: new)
    let error = try #require(Support.error(of: text), "\(new) was accepted")
    #expect(error.description.contains(expected), "\(error)")
    #expect(error.exitCode == 65)
    #expect(error.diagnostics.count == 1, "\(error)")
    #expect(error.diagnostics.allSatisfy { $0.location?.line != nil && $0.sourceLine != nil })
  }

  /// A file cut anywhere is an error with a place, and never a trap.
  @Test func refusesATruncatedFile() throws {
    let bytes = Array(Self.good.utf8)
    for length in 0..<bytes.count {
      let text = String(decoding: bytes.prefix(length), as: UTF8.self)
      let error = try #require(Support.error(of: text), "the first \(length) bytes were accepted")
      #expect(error.exitCode == 65)
      #expect(error.diagnostics[0].location?.line != nil)
      #expect(error.description.contains("the file ends too early"), "\(length): \(error)")
    }
  }

  /// Any one byte replaced: an error or a profile, never a trap.
  @Test func survivesDamage() {
    let bytes = Array(Self.good.utf8)
    for index in bytes.indices {
      for byte in [UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "-"), 0x00, 0x5C, 0x39] {
        var damaged = bytes
        damaged[index] = byte
        let error = Support.error(of: String(decoding: damaged, as: UTF8.self))
        #expect(error == nil || error?.exitCode == 65)
      }
    }
  }

  @Test(arguments: [
    ("", "the file ends too early"), ("[]", "a profile is a JSON object"),
    (good + "x", "more text after the end"), (good + "{}", "more text after the end"),
    (String(repeating: "[", count: 100_000), "nested too deeply"),
    ("{\"a\": 01}", "expected ',' or '}'"), ("{\"a\": tru}", "'tru' is no JSON value"),
    ("{'a': 1}", "expected a key in double quotes"), ("{\"a\": \"\\ud800\"}", "half a surrogate"),
    ("{\"a\": \"\\q\"}", "unknown escape"), ("{\"a\": \"\n\"}", "control character"),
    ("{\"a\": \"\\u12g4\"}", "four hexadecimal digits"), ("{\"a\": [1,]}", "expected a value"),
  ])
  func refusesWhatIsNoJSON(text: String, expected: String) throws {
    let error = try #require(Support.error(of: text))
    #expect(error.description.contains(expected), "\(error)")
    #expect(!error.description.contains("\n"))
  }

  @Test func refusesNoEntriesAndDuplicates() throws {
    let head =
      "{\"schema\": 1, \"name\": \"n\", \"provenance\": \"measured\", \"device\": \"d\", "
      + "\"source\": \"s\", \"mode\": \"m\", \"entries\": "
    let entry =
      "{\"model\": \"a\", \"stage\": \"decode\", \"height\": 8, \"width\": 8, \"batch\": 1, "
      + "\"median_s\": 1, \"provenance\": \"measured\""
    for empty in ["[]", "{}", "3"] {
      let error = try #require(Support.error(of: head + empty + "}"))
      #expect(error.description.contains("'entries' must be an array of at least one entry"))
    }
    #expect(Support.error(of: head + "[\(entry)}]}") == nil)
    // Decoding does not depend on guidance: the two are the same work.
    let twice = head + "[\n\(entry)},\n\(entry), \"guidance\": true}]}"
    #expect(
      Support.error(of: twice)?.description
        == "p.json:3:1: error: entry 2 (a decode batch 1): the same work and batch as entry 1; "
        + "keep one of them")
    let number = try #require(Support.error(of: head + "[3]}"))
    #expect(number.description.contains("entry 1: must be an object"))
  }

  @Test func reportsAllFaultsTogetherUpToALimit() throws {
    let bad = Self.good.replacingOccurrences(of: "\"batch\": 1", with: "\"batch\": 0")
    #expect(Support.error(of: bad)?.diagnostics.count == 2)
    let many = try #require(
      Support.error(
        of: Self.good.replacingOccurrences(
          of: "\"entries\": [", with: "\"entries\": [" + String(repeating: "0, ", count: 50))))
    #expect(many.diagnostics.count == 21)
    #expect(many.description.hasSuffix("p.json: error: 30 more faults like these"))
  }

  /// Of an entry of which something is missing, what else is wrong is told in the same round.
  @Test func whatIsMissingOfAnEntryIsToldTogether() throws {
    let text = #"""
      {"schema": 1, "name": "p", "provenance": "measured", "device": "d", "source": "s", "mode": "m",
       "entries": [{"model": "sd15", "stage": "denoise", "height": 512, "width": 512, "batch": 1}]}
      """#
    #expect(
      Support.error(of: text)?.diagnostics.map(\.what) == [
        "entry 1: 'median_s' is missing", "entry 1: 'provenance' is missing",
        "entry 1: guidance must say true or false for denoise",
      ])
  }

  @Test func refusesWhatIsNotAFile() throws {
    let folder = Support.profiles.path
    for (path, what) in [
      (folder + "/none.json", "no such profile file"), (folder, "this is a folder"),
    ] {
      let error = try #require(throws: InputError.self) {
        try LatencyProfile.load(path: path)
      }
      #expect(error.exitCode == 66)
      #expect(error.description.hasPrefix("\(path): error: \(what)"))
    }
  }

  @Test func refusesWhatIsNoText() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "qosdiff-profile-\(ProcessInfo.processInfo.processIdentifier).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data([0x7B, 0xFF, 0xFE]).write(to: URL(filePath: path))
    let error = try #require(throws: InputError.self) { try LatencyProfile.load(path: path) }
    #expect(error.description == "\(path): error: not a text file in UTF-8")
    #expect(error.exitCode == 65)
  }

  @Test func aProfileFromPartsIsCheckedToo() throws {
    for value in [Double.nan, .infinity, -1] {
      #expect(throws: InputError.self) { try Support.profile([(1, value)]) }
    }
    #expect(throws: InputError.self) { try Support.profile([]) }
    #expect(throws: InputError.self) { try Support.profile([(1, 1), (1, 2)]) }
  }

  @Test func acceptsAByteOrderMarkAndWindowsLineEnds() {
    let text = "\u{FEFF}" + Self.good.replacingOccurrences(of: "\n", with: "\r\n")
    #expect(Support.error(of: text) == nil)
  }
}

import Diagnostics
import EventEngine
import Foundation
import Testing

@testable import Workload

/// A damaged file and the one line it must give.
struct BadFile: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String
  let error: String
  var testDescription: String { name }

  init(_ name: String, _ text: String, _ error: String) {
    (self.name, self.text, self.error) = (name, text, error)
  }

  static let all = [
    BadFile(
      "NaN", "arrival_s\n1\nNaN\n",
      "FILE:3:1: error: arrival_s is not a number ('NaN'); leave the row out"),
    BadFile(
      "infinity", "arrival_s\n-inf\n", "FILE:2:1: error: arrival_s is infinite; leave the row out"),
    BadFile(
      "negative", "arrival_s,steps\n-0.5,30\n",
      "FILE:2:1: error: arrival_s is negative ('-0.5'); times count from 0"),
    BadFile(
      "missing time", "steps,arrival_s\n30,\n",
      "FILE:2:4: error: arrival_s is missing; every row needs one"),
    BadFile(
      "word", "arrival_s\n1\nsoon\n",
      "FILE:3:1: error: arrival_s 'soon' is neither a number nor a date; seconds, or YYYY-MM-DD hh:mm:ss[.fraction][zone] in every row"
    ),
    BadFile(
      "overflow", "arrival_s\n1e999\n",
      "FILE:2:1: error: arrival_s '1e999' is too large; at most 30 years"),
    BadFile(
      "a century", "arrival_s\n31557600000\n",
      "FILE:2:1: error: arrival_s '31557600000' is too large; at most 30 years"),
    BadFile(
      "too few", "arrival_s,steps\n1,30\n2\n",
      "FILE:3:2: error: too few columns: 1; the header has 2"),
    BadFile(
      "too many", "arrival_s,steps\n1,30,7\n",
      "FILE:2:6: error: too many columns: 3; the header has 2; write numbers with a point, and text that has commas in quotes"
    ),
    BadFile(
      "unknown column", "arrival_s,step\n1,30\n",
      "FILE:1:11: error: unknown column 'step'; did you mean 'steps'?"),
    BadFile(
      "misspelt only column", "arival_s\n1\n",
      "FILE:1:1: error: unknown column 'arival_s'; did you mean 'arrival_s'?"),
    BadFile(
      "no arrivals", "steps,images\n30,1\n",
      "FILE:1:1: error: the header has no column 'arrival_s'; required: arrival_s"),
    BadFile(
      "twice", "arrival_s,steps,steps\n1,2,3\n",
      "FILE:1:17: error: column 'steps' stands twice in the header; keep one of them"),
    BadFile(
      "unnamed", "arrival_s,\n1,2\n",
      "FILE:1:11: error: unknown column without a name; known columns: arrival_s, steps, height, width, "
        + "images, model, prompt, slo_s, class; --ignore-unknown, or 'ignore_unknown: true' in a scenario, leaves it out"
    ),
    BadFile(
      "height alone", "arrival_s,height\n1,512\n",
      "FILE:1:11: error: a header with only one of height and width; a size needs both"),
    BadFile(
      "no header", "hello world\n",
      "FILE:1:1: error: no trace format starts like this: 'hello world'; known formats: native, "
        + "gentd26, azure-llm, burstgpt, vidur, diffserve, proteus, counts; a native trace is CSV with a column "
        + "'arrival_s', in seconds or as dates"),
    BadFile(
      "empty", "", "FILE:1:1: error: the file is empty; a trace starts with a header or a row"),
    BadFile(
      "blank", "\n \r\n",
      "FILE:1:1: error: the file is empty; a trace starts with a header or a row"),
    BadFile(
      "header only", "arrival_s\n",
      "FILE:1:1: error: the trace has no rows; a row for each query stands below the header"),
    BadFile(
      "no steps", "arrival_s,steps\n1,0\n",
      "FILE:2:3: error: steps '0' is out of range; a whole number from 1 to 1000"),
    BadFile(
      "part of a step", "arrival_s,steps\n1,30.5\n",
      "FILE:2:3: error: steps '30.5' is not a whole number; a whole number from 1 to 1000"),
    BadFile(
      "huge steps", "arrival_s,steps\n1,1e999\n",
      "FILE:2:3: error: steps '1e999' is too large; a whole number from 1 to 1000"),
    BadFile(
      "negative images", "arrival_s,images\n1,-4\n",
      "FILE:2:3: error: images is negative ('-4'); a whole number from 1 to 1024"),
    BadFile(
      "many images", "arrival_s,images\n1,1025\n",
      "FILE:2:3: error: images '1025' is out of range; a whole number from 1 to 1024"),
    BadFile(
      "odd size", "arrival_s,height,width\n1,512,513\n",
      "FILE:2:7: error: width 513 is no multiple of 8; latents are an eighth"),
    BadFile(
      "half a size", "arrival_s,height,width\n1,512,\n",
      "FILE:2:7: error: a height without a width; write both, or leave both empty for the scenario's own size"
    ),
    BadFile(
      "no SLO", "arrival_s,slo_s\n1,0\n",
      "FILE:2:3: error: slo_s is zero; leave it empty for the scenario's own"),
    BadFile(
      "open quote", "arrival_s,model\n1,\"sd\n",
      "FILE:2:3: error: a quote that is not closed; close it, and write a quote inside quotes twice"
    ),
    BadFile(
      "text after quote", "arrival_s,model\n1,\"sd\"x\n",
      "FILE:2:7: error: text behind a closing quote; write a quote inside a quoted field twice"),
    BadFile(
      "control character", "arrival_s,model\n1,a\u{7}b\n",
      "FILE:2:3: error: model holds a control character"),
  ]
}

@Suite struct BadInputTests {
  @Test(arguments: BadFile.all)
  func givesOneLocatedLineAndExit65(file: BadFile) throws {
    let error = try #require(try failure(file.text))
    #expect(error.description == file.error)
    #expect(error.exitCode == 65)
  }

  @Test func allFaultsOfAHeaderAreToldTogether() throws {
    let error = try #require(
      try failure("arrival_s,region,user,stpes,,steps,steps,slo_ms,height\n1,2,3,4,5,6,7,8,9\n"))
    #expect(
      error.diagnostics.map(\.what) == [
        "unknown columns 'region', 'user', without a name", "unknown column 'stpes'",
        "column 'steps' stands twice in the header", "unknown column 'slo_ms'",
      ])
    #expect(error.diagnostics.map { $0.location?.column } == [11, 23, 36, 42])
  }

  @Test func everyFaultyRowIsToldUpToTen() throws {
    let rows = (0..<12).map { _ in "x" }.joined(separator: "\n")
    let error = try #require(try failure("arrival_s\n1\n" + rows))
    #expect(error.diagnostics.count == 10)
    #expect(error.diagnostics.map { $0.location?.line } == (3...12).map { $0 })
    #expect(error.diagnostics.first?.sourceLine == "x")
  }

  @Test func aMissingFileIs66() throws {
    let path = FileManager.default.temporaryDirectory.path + "/no-such-\(UUID().uuidString).csv"
    let error = try #require(throws: InputError.self) { try TraceLoader.load(path: path) }
    #expect(error.description == "\(path): error: there is no such file")
    #expect(error.exitCode == 66)
  }

  @Test func aDirectoryIs66() throws {
    let path = FileManager.default.temporaryDirectory.path
    let error = try #require(throws: InputError.self) { try TraceLoader.load(path: path) }
    #expect(error.description == "\(path): error: is a directory; name the trace file itself")
    #expect(error.exitCode == 66)
  }

  @Test func anUnknownFormatIsAUsageError() throws {
    let error = try #require(try failure("arrival_s\n1\n", format: "gentd"))
    #expect(error.description.hasPrefix("error: there is no trace format 'gentd'"))
    #expect(error.exitCode == 64)
  }

  @Test func namedFormatsAreHeldToTheirHeader() throws {
    let error = try #require(try failure("arrival_s\n1\n", format: "gentd26"))
    #expect(
      error.description.hasPrefix("FILE:1:1: error: the header has no column 'gmt_create'"))
  }

  @Test func aLineOfOverAMebibyteIsRefusedWithoutHoldingIt() throws {
    let long = [UInt8](repeating: 0x31, count: 3 << 20)
    let error = try #require(
      try failure(Array("arrival_s\n1\n".utf8) + long + Array("\n2\nx\n".utf8)))
    #expect(
      error.description == """
        FILE:3:1: error: a line of over 1 MiB; is this a trace file?
        FILE:5:1: error: arrival_s 'x' is neither a number nor a date; seconds, or YYYY-MM-DD hh:mm:ss[.fraction][zone] in every row
        """)
  }

  @Test func textInOtherEncodingsIsNamed() throws {
    let wide = try #require(try failure([0xFF, 0xFE, 0x61, 0x00]))
    #expect(wide.description == "FILE:1:1: error: the file is UTF-16; save it as UTF-8")
    let latin = try #require(try failure(Array("arrival_s,model\n1,".utf8) + [0xE9, 0x0A]))
    #expect(latin.description == "FILE:2:3: error: model is not UTF-8; save the file as UTF-8")
  }

  @Test func anUnwritablePlaceIs73() throws {
    let error = try #require(throws: InputError.self) {
      try TraceWriter.write(trace(at: [0]), toCSV: "/no-such-folder/t.csv")
    }
    #expect(error.exitCode == 73)
  }

  /// Damaged bytes give rows or an error of the known exit codes, never a trap; what is read keeps
  /// the books.
  @Test(arguments: 0..<40)
  func damagedBytesNeverTrap(seed: UInt64) throws {
    let samples = [
      "arrival_s,steps,height,width,images,model,prompt,slo_s,class\n0.5,30,512,768,4,\"a\",7,1,b\n",
      PublicFormatTests.gentd26, "636.0,4817\n19409.0,402\n", "0, 1, 250\n10, 0, 1000.5\n",
      "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:15:46.6805900,374,44\r\n",
      "2 0\n3\t1\n",
    ]
    let alphabet = Array("0123456789,,\"\n\r \t.-+eENa:TZ\u{0}\u{7F}é".utf8)
    var stream = RandomStream(seed: seed, stream: RandomStreamID(rawValue: 1))
    for sample in samples {
      var bytes = Array(sample.utf8)
      for _ in 0...stream.index(below: 6) {
        let at = stream.index(below: bytes.count)
        switch stream.index(below: 3) {
        case 0: bytes[at] = alphabet[stream.index(below: alphabet.count)]
        case 1: bytes.insert(alphabet[stream.index(below: alphabet.count)], at: at)
        default: bytes.remove(at: at)
        }
      }
      try withFile(bytes) { path in
        do throws(InputError) {
          let trace = try TraceLoader.load(path: path)
          #expect(trace.report.rowsInFile == trace.rows.count + trace.report.rowsSkipped)
          #expect(trace.rows.allSatisfy { $0.arrival >= .zero })
        } catch {
          #expect(error.exitCode == 65)
          #expect(error.diagnostics.allSatisfy { $0.location?.line != nil })
        }
      }
    }
  }
}

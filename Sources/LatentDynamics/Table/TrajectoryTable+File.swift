public import Diagnostics
private import Foundation

/// The file: a line of JSON, the header, then the rows as little-endian 32-bit floats. The header says
/// how many, so that a truncated file is known for one.
extension TrajectoryTable {
  /// Larger files are no tables.
  private static let maximumFileBytes = 1 << 30

  /// The file's bytes.
  public var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A header is made of numbers and strings: nothing that JSON could refuse.
    let head = (try? encoder.encode(header)) ?? Data()
    var bytes = Array(head) + [0x0A]
    bytes.reserveCapacity(bytes.count + values.count * 4)
    for value in values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// Writes the file whole or not at all.
  ///
  /// - Throws: `InputError`, category `cannotCreate`.
  public func save(path: String) throws(InputError) {
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw InputError(.cannotCreate, at: .init(file: path), "the table cannot be written")
    }
  }

  /// Reads the file at `path`.
  ///
  /// - Throws: `InputError`: category `missingInput` where there is no file to read, `badInput` where
  ///   its content is wrong.
  public static func load(path: String) throws(InputError) -> TrajectoryTable {
    let place = Diagnostic.Location(file: path)
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw InputError(
        .missingInput, at: place, "no such trajectory table",
        hint: "make one with 'qosdiff latents generate'")
    }
    guard !isDirectory.boolValue,
      let data = try InputFile.contents(
        path, wanted: "a trajectory table", maximumBytes: maximumFileBytes)
    else { throw InputError(.missingInput, at: place, "the trajectory table cannot be read") }
    return try TrajectoryTable(bytes: Array(data), file: path)
  }

  /// Reads a table from its bytes; `file` is what diagnostics call it.
  ///
  /// - Throws: `InputError`, category `badInput`.
  public convenience init(bytes: [UInt8], file: String) throws(InputError) {
    func fault(_ what: String, _ hint: String? = nil, line: Int = 1) -> InputError {
      InputError(.badInput, at: .init(file: file, line: line, column: 1), what, hint: hint)
    }
    guard let end = bytes.firstIndex(of: 0x0A), bytes.first == UInt8(ascii: "{") else {
      throw fault(
        "not a trajectory table", "its first line is a JSON object; see 'qosdiff latents generate'")
    }
    let head = Data(bytes[..<end])
    struct Version: Decodable { var schema: Int }
    let decoder = JSONDecoder()
    guard let version = try? decoder.decode(Version.self, from: head) else {
      throw fault("the header has no schema version", "\"schema\": \(Self.schemaVersion)")
    }
    guard version.schema == Self.schemaVersion else {
      throw fault(
        "schema version \(version.schema) is not known",
        "this program reads version \(Self.schemaVersion)")
    }
    let header: Header
    do { header = try decoder.decode(Header.self, from: head) } catch {
      throw fault("the header is not complete: \(Self.describe(error))")
    }
    if let what = header.grid.fault { throw fault("the grid is wrong: \(what)") }
    guard header.prompts > 0, header.height > 0, header.width > 0 else {
      throw fault("prompts, height and width must be above 0")
    }
    let count = header.prompts.multipliedReportingOverflow(by: header.grid.valuesPerPrompt)
    let body = bytes.count - end - 1
    guard !count.overflow, count.partialValue <= Self.maximumFileBytes / 4,
      body == count.partialValue * 4
    else {
      let rows = body / 4 / header.grid.valuesPerPrompt
      throw fault(
        "the header promises \(header.prompts) rows, the file holds \(rows)"
          + (body % (4 * header.grid.valuesPerPrompt) == 0 ? "" : " and a part of one"),
        "it was cut short or joined to another; make it again", line: 2)
    }
    var values: [Float] = []
    values.reserveCapacity(count.partialValue)
    bytes.withUnsafeBytes { bytes in
      for index in 0..<count.partialValue {
        let bits = bytes.loadUnaligned(fromByteOffset: end + 1 + index * 4, as: UInt32.self)
        values.append(Float(bitPattern: UInt32(littleEndian: bits)))
      }
    }
    if let index = values.firstIndex(where: { $0 < 0 || $0.isInfinite }) {
      throw fault(
        "row \(index / header.grid.valuesPerPrompt + 1) has the value \(values[index])",
        "entropies and errors are finite and not negative", line: 2)
    }
    for row in 0..<header.prompts {
      let base = row * header.grid.valuesPerPrompt + header.grid.latentOffset
      guard values[base..<(base + 2 * header.grid.steps)].allSatisfy({ !$0.isNaN }) else {
        throw fault("row \(row + 1) lacks an entropy", "record every step", line: 2)
      }
    }
    self.init(header: header, values: values)
  }

  private static func describe(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "not JSON"
        : "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has a wrong value"
    default: "not JSON"
    }
  }
}

import Diagnostics
import Foundation
import Reporting

/// Results go to standard output, everything else to standard error; neither holds control characters of an input.
enum Output {
  static func result(_ text: String) {
    let text = Paint(for: STDOUT_FILENO).painted(Diagnostic.harmless(text, keepsLines: true))
    raw(text + "\n")
  }

  /// A value for programs.
  static func json(_ value: some Encodable) { raw(JSONText.of(value) + "\n") }

  /// Text as it is. Where it cannot be written the program ends: with 74 and a line that says so, or as SIGPIPE would end
  /// it where nobody reads.
  static func raw(_ text: String) {
    guard let fault = write(text, to: STDOUT_FILENO) else { return }
    if fault == EPIPE { exit(128 + SIGPIPE) }
    error(
      Diagnostic(
        .cannotWrite, at: .init(file: "standard output"),
        "the result cannot be written: \(String(cString: strerror(fault)))",
        hint: "what is in files and databases is whole"
      ).description)
    exit(Diagnostic.Category.cannotWrite.rawValue)
  }

  /// Nothing happens where it cannot be written: there is no other place to say so.
  static func error(_ text: String) {
    let text = Paint(for: STDERR_FILENO).painted(Diagnostic.harmless(text, keepsLines: true))
    _ = write(text + "\n", to: STDERR_FILENO)
  }

  /// Progress, on a terminal only; `\r` returns to the start of the line.
  static func progress(_ text: String) {
    guard isatty(STDERR_FILENO) != 0 else { return }
    _ = write("\r\u{1B}[K\(Diagnostic.harmless(text))", to: STDERR_FILENO)
  }

  /// Writes all of a text; the error number where that fails.
  private static func write(_ text: String, to descriptor: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = Foundation.write(
          descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        if count > 0 { done += count } else if errno != EINTR { return errno }
      }
      return nil
    }
  }
}

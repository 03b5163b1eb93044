import Foundation
import Reporting

/// Results go to standard output, everything else to standard error.
enum Output {
  static func result(_ text: String) {
    print(Paint(for: STDOUT_FILENO).painted(text))
  }

  /// A value for programs.
  static func json(_ value: some Encodable) { print(JSONText.of(value)) }

  static func error(_ text: String) {
    let text = Paint(for: STDERR_FILENO).painted(text)
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Progress, on a terminal only; `\r` returns to the start of the line.
  static func progress(_ text: String) {
    guard isatty(STDERR_FILENO) != 0 else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
  }
}

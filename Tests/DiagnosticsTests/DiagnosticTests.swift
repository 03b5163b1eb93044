import Diagnostics
import Testing

@Suite struct DiagnosticTests {
  @Test func oneLineWithAllParts() {
    let fault = Diagnostic(
      .badInput, at: .init(file: "a.yaml", line: 3, column: 7), "unknown key 'step'",
      hint: "did you mean 'steps'?")
    #expect(fault.description == "a.yaml:3:7: error: unknown key 'step'; did you mean 'steps'?")
  }

  @Test func partsThatAreMissingLeaveNoTrace() {
    #expect(Diagnostic(.usage, "no scenario").description == "error: no scenario")
    #expect(Diagnostic(.usage, at: .init(file: "a"), "b").description == "a: error: b")
    #expect(Diagnostic(.usage, at: .init(file: "a", line: 2), "b").description == "a:2: error: b")
    // A column without a line says nothing.
    #expect(Diagnostic(.usage, at: .init(file: "a", column: 2), "b").description == "a: error: b")
  }

  @Test(arguments: ["\n", "\r\n", "\r", "\u{2028}", "\u{85}", "\n\n"])
  func newlinesAreRemoved(_ newline: String) {
    let fault = Diagnostic(
      .badInput, at: .init(file: "odd\(newline)name"), "bad\(newline)", hint: "a\(newline)b")
    #expect(fault.description.count { $0.isNewline } == 0)
    #expect(fault.description == "odd name: error: bad ; a b")
  }

  @Test func categoriesAreTheExitCodes() {
    let codes: [Diagnostic.Category: Int32] = [
      .usage: 64, .badInput: 65, .missingInput: 66, .cannotCreate: 73, .cannotWrite: 74,
    ]
    for (category, code) in codes { #expect(InputError(category, "x").exitCode == code) }
  }

  @Test func errorsListEveryDiagnosticInOrder() {
    let error = InputError([Diagnostic(.missingInput, "one"), Diagnostic(.badInput, "two")])
    #expect(error.description == "error: one\nerror: two")
    #expect(error.exitCode == 66)
  }
}

@Suite struct CaretTests {
  private func caret(_ line: String, _ column: Int?) -> String? {
    Diagnostic(
      .badInput, at: .init(file: "f", line: 1, column: column), "x", sourceLine: line
    ).caret
  }

  @Test func standsUnderTheColumn() {
    #expect(caret("abc: d", 1) == "  abc: d\n  ^")
    #expect(caret("abc: d", 6) == "  abc: d\n       ^")
    #expect(caret("ab", 3) == "  ab\n    ^", "just after the end")
    #expect(caret("", 1) == "  \n  ^")
  }

  @Test func keepsTabs() {
    #expect(caret("\ta\tb", 4) == "  \ta\tb\n  \t \t^")
  }

  /// Columns count bytes; the caret counts characters.
  @Test func countsCharactersOfUTF8() {
    #expect(caret("é: x", 5) == "  é: x\n     ^")
    #expect(caret("日本: x", 9) == "  日本: x\n      ^")
    #expect(caret("e\u{301}x", 4) == "  e\u{301}x\n   ^", "a letter and its accent are one")
  }

  @Test func isAbsentWithoutAPlace() {
    #expect(caret("abc", nil) == nil)
    #expect(caret("abc", 0) == nil)
    #expect(Diagnostic(.badInput, at: .init(file: "f", line: 1, column: 1), "x").caret == nil)
    #expect(Diagnostic(.badInput, "x", sourceLine: "abc").caret == nil)
    // A column beyond the line: the caret stands at its end.
    #expect(caret("ab", 99) == "  ab\n    ^")
  }
}

import LiveValidation
import TextReports
import Testing

/// What a live session says while it goes on.
@Suite struct LiveNoticeTests {
  @Test func warningsAreCalledWarnings() {
    #expect(
      LiveNotice.busy(.otherMachines, share: 0.123).text
        == "Warning: other machines on this host take 12 % of this machine's time: live figures will scatter."
    )
    #expect(
      LiveNotice.timerLate(run: "load 0.8 p", seconds: 0.0614).text
        == "Warning: load 0.8 p: a timer was 61 ms late: something else held the machine up.")
    #expect(
      LiveNotice.overloaded(point: "", load: 1.254).text.hasPrefix("Warning: the load is 1.25 of"))
    #expect(
      LiveNotice.overloaded(point: "x", load: 2).text.hasPrefix("Warning: x: the load is 2.00"))
  }

  @Test func planIsNoWarning() {
    let plan = LiveNotice.serving(points: 3, policies: 2, repeats: 4, seconds: 61)
    #expect(!plan.isWarning)
    #expect(plan.text == "live: 3 points x 2 policies x 4 runs, about 2 min")
  }
}

@testable import Sweeps
import Experiments
import Testing

/// Axes of sweeps.
@Suite struct SweepAxisTests {
  @Test func commasInsideBracketsBelongToTheirValue() throws {
    let axis = try SweepAxis("query.slo={ scale: 2, x: 1 },\"a,b\", [1,2] ,3")
    #expect(axis.path == "query.slo")
    #expect(axis.values == ["{ scale: 2, x: 1 }", "\"a,b\"", "[1,2]", "3"])
  }

  @Test func aValueGivenTwiceIsOne() throws {
    #expect(try SweepAxis("a=1,2,1").values == ["1", "2"])
  }

  @Test func gridsRunThroughTheLastAxisFirst() throws {
    let axes = [try SweepAxis("a=1,2"), try SweepAxis("b.c=x,y,z")]
    #expect(SweepAxis.count(axes) == 6)
    let grid = SweepAxis.grid(axes)
    #expect(grid.count == 6)
    #expect(grid[0] == ["a=1", "b.c=x"] && grid[1] == ["a=1", "b.c=y"])
    #expect(grid[5] == ["a=2", "b.c=z"])
  }
}

import Testing

@testable import Policies

/// Programs whose solution is known.
@Suite struct SolverTests {
  let solver: Solver

  init() throws { solver = try Solver() }

  @Test func aLinearProgram() throws {
    // Dantzig's textbook: 3x + 5y, x <= 4, 2y <= 12, 3x + 2y <= 18: x = 2, y = 6, value 36.
    var program = IntegerProgram()
    let x = program.variable(0...4, objective: 3)
    let y = program.variable(0...100, objective: 5)
    program.require([(y, 2)], .atMost, 12)
    program.require([(x, 3), (y, 2)], .atMost, 18)
    let values = try #require(solver.solve(program))
    #expect(abs(values[x] - 2) < 1e-9 && abs(values[y] - 6) < 1e-9)
  }

  @Test func aKnapsack() throws {
    // Values 60, 100, 120, weights 10, 20, 30, room 50: the last two, 220; the relaxation would give 240.
    var program = IntegerProgram()
    let items = [60.0, 100, 120].map { program.variable(0...1, isInteger: true, objective: $0) }
    program.require(zip(items, [10.0, 20, 30]).map { ($0, $1) }, .atMost, 50)
    let values = try #require(solver.solve(program))
    #expect(values.map { $0.rounded() } == [0, 1, 1])
  }

  @Test func equalitiesAndLowerBounds() throws {
    // x + y = 10, y >= 3: as large an x as there may be.
    var program = IntegerProgram()
    let x = program.variable(0...100, objective: 1)
    let y = program.variable(0...100)
    program.require([(x, 1), (y, 1)], .equal, 10)
    program.require([(y, 1)], .atLeast, 3)
    let values = try #require(solver.solve(program))
    #expect(abs(values[x] - 7) < 1e-9)
  }

  @Test func whatCannotBe() {
    var program = IntegerProgram()
    let x = program.variable(0...1, objective: 1)
    program.require([(x, 1)], .atLeast, 2)
    #expect(solver.solve(program) == nil)
  }

  @Test func itIsTheSameInEveryThread() async throws {
    let solver = solver
    let all = await withTaskGroup(of: [Double].self) { group in
      for _ in 0..<8 {
        group.addTask {
          var last: [Double] = []
          for _ in 0..<50 {
            var program = IntegerProgram()
            let items = (1...12).map {
              program.variable(0...3, isInteger: true, objective: Double($0 * 7 % 11 + 1))
            }
            program.require(items.map { ($0, Double($0 * 5 % 7 + 1)) }, .atMost, 23)
            last = solver.solve(program) ?? []
          }
          return last
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(all.count == 8 && Set(all).count == 1 && !all[0].isEmpty)
  }

  @Test func aLibraryThatIsNotThereIsSaid() {
    #expect(throws: Solver.Missing.self) { try Solver(library: "libnosuch.so.0") }
    // A library, but another one.
    #expect(throws: Solver.Missing.self) { try Solver(library: "libsqlite3.so.0") }
  }
}

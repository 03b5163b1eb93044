import CGLPK

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// GLPK, the GNU Linear Programming Kit, loaded where a policy plans by optimisation: nobody else needs it.
///
/// What it works on belongs to the thread that made it: a program is made, solved and deleted within one call.
/// Nothing in it depends on the clock.
struct Solver: Sendable {
  /// What the dynamic loader knows the library as.
  static let defaultLibrary = "libglpk.so.40"

  /// Why the library cannot be used.
  struct Missing: Error {
    let what: String
  }

  private typealias Problem = OpaquePointer?
  private let create: @convention(c) @Sendable () -> Problem
  private let delete: @convention(c) @Sendable (Problem) -> Void
  private let setDirection: @convention(c) @Sendable (Problem, CInt) -> Void
  private let addRows: @convention(c) @Sendable (Problem, CInt) -> CInt
  private let addColumns: @convention(c) @Sendable (Problem, CInt) -> CInt
  private let setRowBounds: @convention(c) @Sendable (Problem, CInt, CInt, Double, Double) -> Void
  private let setBounds: @convention(c) @Sendable (Problem, CInt, CInt, Double, Double) -> Void
  private let setObjective: @convention(c) @Sendable (Problem, CInt, Double) -> Void
  private let setKind: @convention(c) @Sendable (Problem, CInt, CInt) -> Void
  private let setRow:
    @convention(c) @Sendable (Problem, CInt, CInt, UnsafePointer<CInt>?, UnsafePointer<Double>?) ->
      Void
  private let initialise: @convention(c) @Sendable (UnsafeMutablePointer<glp_iocp>?) -> Void
  private let optimise: @convention(c) @Sendable (Problem, UnsafePointer<glp_iocp>?) -> CInt
  private let status: @convention(c) @Sendable (Problem) -> CInt
  private let value: @convention(c) @Sendable (Problem, CInt) -> Double
  private let setTerminal: @convention(c) @Sendable (CInt) -> CInt

  /// - Throws: where the library is not there, or lacks a function.
  init(library: String = Solver.defaultLibrary) throws(Missing) {
    guard let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL) else {
      throw Missing(what: "the solver GLPK ('\(library)') is not there; Debian's is libglpk40")
    }
    // The address is that of the C function of this name, whose type the header gives.
    func load<Function>(_ name: String) throws(Missing) -> Function {
      guard let address = dlsym(handle, name) else {
        throw Missing(what: "'\(library)' is no GLPK: it has no \(name)")
      }
      return unsafeBitCast(address, to: Function.self)
    }
    create = try load("glp_create_prob")
    delete = try load("glp_delete_prob")
    setDirection = try load("glp_set_obj_dir")
    addRows = try load("glp_add_rows")
    addColumns = try load("glp_add_cols")
    setRowBounds = try load("glp_set_row_bnds")
    setBounds = try load("glp_set_col_bnds")
    setObjective = try load("glp_set_obj_coef")
    setKind = try load("glp_set_col_kind")
    setRow = try load("glp_set_mat_row")
    initialise = try load("glp_init_iocp")
    optimise = try load("glp_intopt")
    status = try load("glp_mip_status")
    value = try load("glp_mip_col_val")
    setTerminal = try load("glp_term_out")
  }

  /// The solver that a planning policy's arguments name, unless its plans would take longer than the time between two.
  static func chosen(by arguments: PolicyArguments) -> Result<Solver, PolicyEntry.Contradiction> {
    guard arguments.duration("every") > arguments.duration("planning") else {
      return .failure(.init("every", "'every' must be longer than 'planning'"))
    }
    // By name alone, from where the system keeps libraries: a scenario runs no code that lies beside it.
    guard !arguments.name("solver").contains("/") else {
      return .failure(
        .init("solver", "'solver' is the name of a library, such as \(defaultLibrary), not a path"))
    }
    do throws(Missing) {
      return .success(try Solver(library: arguments.name("solver")))
    } catch {
      return .failure(.init("solver", error.what))
    }
  }

  /// The values of the variables that make the objective largest; nil where no values obey all constraints.
  func solve(_ program: IntegerProgram) -> [Double]? {
    guard !program.variables.isEmpty else { return nil }
    _ = setTerminal(GLP_OFF)
    let problem = create()
    defer { delete(problem) }
    setDirection(problem, GLP_MAX)
    _ = addColumns(problem, CInt(program.variables.count))
    for (index, variable) in program.variables.enumerated() {
      let column = CInt(index + 1)
      setKind(problem, column, variable.isInteger ? GLP_IV : GLP_CV)
      let (low, high) = (variable.bounds.lowerBound, variable.bounds.upperBound)
      setBounds(problem, column, low == high ? GLP_FX : GLP_DB, low, high)
      setObjective(problem, column, variable.objective)
    }
    if !program.constraints.isEmpty { _ = addRows(problem, CInt(program.constraints.count)) }
    for (index, constraint) in program.constraints.enumerated() {
      let row = CInt(index + 1)
      switch constraint.relation {
      case .atMost: setRowBounds(problem, row, GLP_UP, 0, constraint.bound)
      case .atLeast: setRowBounds(problem, row, GLP_LO, constraint.bound, 0)
      case .equal: setRowBounds(problem, row, GLP_FX, constraint.bound, constraint.bound)
      }
      // GLPK counts from 1.
      let columns = [0] + constraint.terms.map { CInt($0.variable + 1) }
      let factors = [0] + constraint.terms.map(\.factor)
      setRow(problem, row, CInt(constraint.terms.count), columns, factors)
    }
    var options = glp_iocp()
    initialise(&options)
    options.msg_lev = GLP_MSG_OFF
    options.presolve = GLP_ON
    guard optimise(problem, &options) == 0, status(problem) == GLP_OPT else { return nil }
    return program.variables.indices.map { value(problem, CInt($0 + 1)) }
  }
}

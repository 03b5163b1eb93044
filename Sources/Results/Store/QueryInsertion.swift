import Cluster
import EventEngine
import GRDB
import GRDBSQLite
import LatencyProfiles
import Workload

/// Stores the queries of a run, one row after the other.
///
/// It binds and steps by SQLite's own interface: GRDB's arguments, an array of boxed values for each row, take longer
/// than the insertion itself.
struct QueryInsertion {
  private let run: CompletedRun
  private let database: Database
  private let statement: Statement

  /// Those of the table: of the record, of the journey, and the times of its states.
  private static let columns = 20 + 9 + QueryState.allCases.count

  init(of run: CompletedRun, id: Int64, _ database: Database) throws {
    self.run = run
    self.database = database
    statement = try database.makeStatement(
      sql: "INSERT INTO query VALUES (?\(String(repeating: ",?", count: Self.columns - 1)))")
    statement.setUncheckedArguments([id])
  }

  /// `journey`: what the query went through, where it is known.
  func insert(_ record: QueryRecord, _ journey: QueryJourney?) throws {
    let query = record.query
    let className = query.serviceClass.flatMap { number in
      run.classes.indices.contains(Int(number)) ? run.classes[Int(number)] : nil
    }
    try bind(query.id.rawValue, 2)
    try bind(query.arrival.nanoseconds, 3)
    try bind(record.start?.nanoseconds, 4)
    try bind(record.end.nanoseconds, 5)
    try bind(query.deadline.nanoseconds, 6)
    try bind(record.outcome.name, 7)
    try bind(run.models[Int(query.model.rawValue)], 8)
    try bind(query.size.height, 9)
    try bind(query.size.width, 10)
    try bind(query.images, 11)
    try bind(query.steps, 12)
    try bind(record.evaluations, 13)
    try bind(record.parts, 14)
    try bind(className, 15)
    try bind(record.worker?.rawValue, 16)
    try bind(query.sourceRow > 0 ? query.sourceRow : nil, 17)
    try bind(record.firstStep, 18)
    try bind(record.finish.name, 19)
    try bind(record.latentError, 20)
    try bind(journey)
    let code = sqlite3_step(statement.sqliteStatement)
    guard code == SQLITE_DONE else { throw error(code) }
    try check(sqlite3_reset(statement.sqliteStatement))
  }

  /// Without one its columns are NULL.
  private func bind(_ journey: QueryJourney?) throws {
    try bind(journey.map { run.models[Int($0.model.rawValue)] }, 21)
    for stage in Stage.allCases {
      let worker = journey?.workers[stage.index] ?? -1
      try bind(worker >= 0 ? worker : nil, CInt(22 + stage.index))
    }
    try bind(journey?.evaluationsLost, 26)
    try bind(journey?.resubmissions, 27)
    try bind(journey?.batchImagesMean, 28)
    let maximum = journey?.batchImagesMaximum ?? 0
    try bind(maximum > 0 ? maximum : nil, 29)
    for state in QueryState.allCases {
      try bind(journey?.times[state].nanoseconds, CInt(30 + state.rawValue))
    }
  }

  private func bind(_ value: some StatementBinding, _ place: CInt) throws {
    try check(value.bind(to: statement.sqliteStatement, at: place))
  }

  private func check(_ code: CInt) throws {
    guard code == SQLITE_OK else { throw error(code) }
  }

  private func error(_ code: CInt) -> DatabaseError {
    DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
  }
}

/// The least that keeps a prompt's latent within an error.
extension TrajectoryTable {
  /// Fewest steps, up to the table's own, of a schedule that is kept to its end and leaves an error of at most
  /// `limit`; nil where none does.
  public func fewestSteps(row: Int, error limit: Double) -> Int? {
    (1...grid.steps).first { steps in
      error(row: row, DenoisingPath(scheduled: steps, done: steps), .none) <= limit
    }
  }

  /// Fewest evaluations of any way through a schedule of at most the table's own steps, kept or left early, that
  /// leaves an error of at most `limit`; nil where none does.
  public func fewestEvaluations(row: Int, error limit: Double) -> Int? {
    (1...grid.steps).first { evaluations in
      if error(
        row: row, DenoisingPath(scheduled: evaluations, done: evaluations), .none) <= limit
      {
        return true
      }
      return (2...max(grid.steps, 2)).contains { scheduled in
        (1...evaluations).contains { done in
          guard done < scheduled else { return false }
          let path = DenoisingPath(scheduled: scheduled, done: done)
          let left = evaluations - done
          if left == 0 { return error(row: row, path, .none) <= limit }
          if left == 1, error(row: row, path, .reserved) <= limit { return true }
          return error(row: row, path, .cover(left)) <= limit
        }
      }
    }
  }
}

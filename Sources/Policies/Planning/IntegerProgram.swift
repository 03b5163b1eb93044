/// A mixed integer linear program: the largest value of a sum over variables that obey linear constraints.
struct IntegerProgram: Hashable, Sendable {
  /// A variable with finite bounds, and its factor in the objective.
  struct Variable: Hashable, Sendable {
    var bounds: ClosedRange<Double>
    var isInteger: Bool
    var objective: Double
  }

  /// How a sum stands to its bound.
  enum Relation: Hashable, Sendable {
    case atMost
    case atLeast
    case equal
  }

  /// A variable's part in a sum.
  struct Term: Hashable, Sendable {
    var variable: Int
    var factor: Double
  }

  /// A bound on a sum.
  struct Constraint: Hashable, Sendable {
    var terms: [Term]
    var relation: Relation
    var bound: Double
  }

  private(set) var variables: [Variable] = []
  private(set) var constraints: [Constraint] = []

  /// Adds a variable; its index.
  mutating func variable(
    _ bounds: ClosedRange<Double>, isInteger: Bool = false, objective: Double = 0
  ) -> Int {
    variables.append(Variable(bounds: bounds, isInteger: isInteger, objective: objective))
    return variables.count - 1
  }

  /// Adds a constraint; each variable may appear once.
  mutating func require(
    _ terms: [(variable: Int, factor: Double)], _ relation: Relation, _ bound: Double
  ) {
    constraints.append(
      Constraint(
        terms: terms.map { Term(variable: $0.variable, factor: $0.factor) }, relation: relation,
        bound: bound))
  }
}

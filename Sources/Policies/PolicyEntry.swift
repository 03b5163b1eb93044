package import Cluster
package import EventEngine

/// Which part of a policy set an entry can fill.
package enum PolicyKind: String, CaseIterable, Sendable {
  /// How many steps a query gets.
  case steps
  /// How denoising ends that is ended early.
  case finish
  /// Which worker's queue it joins.
  case dispatcher
  /// The order of queues.
  case discipline
  /// Which queries are served at all.
  case admission
  /// How batches form.
  case batching
  /// Overlap of CPU and accelerator.
  case pipelining
  /// What becomes of work that a failure destroys.
  case recovery
  /// How many accelerators are active.
  case scaling

  /// The entry that a policy has where it says nothing.
  package var defaultName: String {
    switch self {
    case .steps: "fixed"
    case .dispatcher: "round-robin"
    case .discipline: "fcfs"
    case .admission: "all"
    case .recovery: "retry"
    case .finish, .batching, .pipelining, .scaling: "none"
    }
  }
}

/// A policy part, made from its arguments.
package enum PolicyPart: Sendable {
  /// How many steps a query gets.
  case steps(any StepPolicy)
  /// How denoising ends that is ended early.
  case finish(FinishRule)
  /// Which worker's queue it joins.
  case dispatcher(any Dispatcher)
  /// The order of queues.
  case discipline(any QueueDiscipline)
  /// Which queries are served at all.
  case admission(any Admission)
  /// How batches form.
  case batching(any BatchFormation)
  /// Overlap of CPU and accelerator.
  case pipelining(Pipelining)
  /// What becomes of work that a failure destroys.
  case recovery(any Recovery)
  /// How many accelerators are active; nil = all, always.
  case scaling((any Controller)?)
}

/// The kind and range of a parameter; quantities carry units in a scenario.
package enum ParameterKind: Hashable, Sendable {
  /// A whole number in a range.
  case integer(ClosedRange<Int>)
  /// A number in a range.
  case number(ClosedRange<Double>)
  /// A duration with its unit, not negative.
  case duration
  /// An amount of information with its unit, not negative; a number of bits.
  case bits
  /// One of a few words.
  case choice([String])
  /// The name of a model.
  case name
  /// Times and numbers of accelerators, in order of time.
  case schedule
  /// Whole numbers in a range, rising, at least one.
  case integers(ClosedRange<Int>)
}

/// The value of a parameter.
package enum ParameterValue: Hashable, Sendable {
  /// A whole number.
  case integer(Int)
  /// A number.
  case number(Double)
  /// A duration.
  case duration(SimulationDuration)
  /// One of a few words.
  case choice(String)
  /// A name.
  case name(String)
  /// A plan in order of time.
  case schedule([ScheduleEntry])
  /// Whole numbers, rising.
  case integers([Int])
  /// What the scenario's queries have: a default alone.
  case ofQueries
}

/// A parameter of a policy part.
package struct PolicyParameter: Hashable, Sendable {
  /// Its key in a scenario.
  package var name: String
  /// Kind and range.
  package var kind: ParameterKind
  /// What holds where a scenario says nothing.
  package var defaultValue: ParameterValue
  /// One line; says the unit, and 'Assumed' where no source stands behind the default.
  package var summary: String

  /// A parameter from its parts.
  package init(
    _ name: String, _ kind: ParameterKind, default defaultValue: ParameterValue, _ summary: String
  ) {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
    self.summary = summary
  }
}

/// The values of an entry's parameters, complete and in range.
package struct PolicyArguments: Sendable {
  private var values: [String: ParameterValue]
  private let given: Set<String>

  /// Defaults of `entry`, overridden by `given`, whose names must be the entry's.
  package init(_ entry: PolicyEntry, given: [String: ParameterValue] = [:]) {
    self.given = Set(given.keys)
    values = [:]
    for parameter in entry.parameters { values[parameter.name] = parameter.defaultValue }
    for (name, value) in given {
      precondition(values[name] != nil, "\(entry.name) has no parameter \(name)")
      values[name] = value
    }
  }

  /// A whole number.
  package func integer(_ name: String) -> Int {
    guard case .integer(let value) = values[name] else {
      preconditionFailure("\(name) is no whole-number parameter")
    }
    return value
  }

  /// A number.
  package func number(_ name: String) -> Double {
    guard case .number(let value) = values[name] else {
      preconditionFailure("\(name) is no number parameter")
    }
    return value
  }

  /// One of a few words.
  package func choice(_ name: String) -> String {
    guard case .choice(let value) = values[name] else {
      preconditionFailure("\(name) is no choice")
    }
    return value
  }

  /// A name.
  package func name(_ name: String) -> String {
    guard case .name(let value) = values[name] else {
      preconditionFailure("\(name) is no name")
    }
    return value
  }

  /// A plan.
  package func schedule(_ name: String) -> [ScheduleEntry] {
    guard case .schedule(let value) = values[name] else {
      preconditionFailure("\(name) is no schedule")
    }
    return value
  }

  /// Whole numbers, rising.
  package func integers(_ name: String) -> [Int] {
    guard case .integers(let value) = values[name] else {
      preconditionFailure("\(name) is no list of whole numbers")
    }
    return value
  }

  /// Whether the scenario gives a value, and no default holds.
  package func isGiven(_ name: String) -> Bool { given.contains(name) }

  /// A whole number; nil where the scenario gives none.
  package func integerIfGiven(_ name: String) -> Int? { isGiven(name) ? integer(name) : nil }

  /// A name; nil where the scenario gives none.
  package func nameIfGiven(_ name: String) -> String? { isGiven(name) ? self.name(name) : nil }

  /// A duration; nil where the scenario gives none.
  package func durationIfGiven(_ name: String) -> SimulationDuration? {
    isGiven(name) ? duration(name) : nil
  }

  /// A duration.
  package func duration(_ name: String) -> SimulationDuration {
    guard case .duration(let value) = values[name] else {
      preconditionFailure("\(name) is no duration parameter")
    }
    return value
  }
}

/// What a policy's file says of itself; the registry is a list of these and the sole list.
package struct PolicyEntry: Sendable {
  /// The part of a policy set it fills.
  package var kind: PolicyKind
  /// Its name in scenarios.
  package var name: String
  /// One line.
  package var summary: String
  /// Where it was published; nil for what everybody knows.
  package var reference: String?
  /// Its parameters.
  package var parameters: [PolicyParameter]
  /// Makes it; on contradictory arguments, says what is wrong with which parameter.
  package var make: @Sendable (PolicyArguments) -> Result<PolicyPart, Contradiction>

  /// Two arguments that cannot both hold.
  package struct Contradiction: Error, Hashable, Sendable {
    /// The parameter to point at.
    package var parameter: String
    /// What is wrong.
    package var what: String
    /// A contradiction from its parts.
    package init(_ parameter: String, _ what: String) {
      self.parameter = parameter
      self.what = what
    }
  }

  /// An entry from its parts.
  package init(
    _ kind: PolicyKind, _ name: String, summary: String, reference: String? = nil,
    parameters: [PolicyParameter] = [],
    make: @escaping @Sendable (PolicyArguments) -> Result<PolicyPart, Contradiction>
  ) {
    self.kind = kind
    self.name = name
    self.summary = summary
    self.reference = reference
    self.parameters = parameters
    self.make = make
  }
}

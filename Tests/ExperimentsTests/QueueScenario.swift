import Scenarios

/// M/M/c with a service rate of 50 a second a server, as a scenario.
enum QueueScenario {
  static func text(
    rate: Double, servers: Int = 1, queries: Int = 2000, slo: String = "0.4 s",
    run: String = "seed: 11"
  ) -> String {
    """
    name: queue
    query: { steps: 1, slo: { time: \(slo) } }
    workload: { arrivals: { poisson: { rate: \(rate) query/s } }, queries: \(queries) }
    cluster:
      queue: central
      nodes:
        - name: n
          count: \(servers)
          accelerators: { synthetic: { denoise: { exponential: { mean: 20 ms } } } }
    policies: { p: { batching: none }, q: { batching: none } }
    run: { \(run) }
    """
  }
}

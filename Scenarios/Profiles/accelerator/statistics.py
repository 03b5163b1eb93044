"""What a list of timings says. Needs no PyTorch."""
import statistics

# Fewer timings than these say too little of how a latency scatters (as in the harness).
RESIDUAL_REPETITIONS = 20


def quantile(values, p):
  """Type 7, as numpy's default."""
  values = sorted(values)
  position = p * (len(values) - 1)
  below = int(position)
  above = min(below + 1, len(values) - 1)
  return values[below] * (1 - position + below) + values[above] * (position - below)


def lag1(values):
  """Correlation of each value with the next one, kept inside (-1, 1)."""
  mean = statistics.fmean(values)
  total = sum((v - mean) ** 2 for v in values)
  if not total:
    return 0.0
  products = sum((a - mean) * (b - mean) for a, b in zip(values, values[1:]))
  return min(max(products / total, -0.99), 0.99)


def described(samples):
  """The figures of an entry of a profile."""
  middle = quantile(samples, 0.5)
  result = {"median_s": middle, "p10_s": quantile(samples, 0.1), "p90_s": quantile(samples, 0.9),
            "repetitions": len(samples)}
  if len(samples) >= RESIDUAL_REPETITIONS:
    result["residual_quantiles"] = [quantile(samples, i / 20) / middle for i in range(21)]
    result["lag1_autocorrelation"] = lag1(samples)
  return result


def spread(values):
  return (quantile(values, 0.75) - quantile(values, 0.25)) / quantile(values, 0.5)


def drift(samples):
  """The median of the last quarter over that of the first, less 1; 0 of fewer than 20."""
  quarter = len(samples) // 4
  if len(samples) < RESIDUAL_REPETITIONS:
    return 0.0
  return quantile(samples[-quarter:], 0.5) / quantile(samples[:quarter], 0.5) - 1

import Cluster
import EventEngine
import Policies

/// Charts of stages that are placed on the CPU pool.
extension Gantt {
  /// One worker that stands still for its two cores, and a link each way; batches of two images that wait 1 s.
  /// The first is full at 0.300000000; its two prompts' 473088 bytes of embeddings take 0.473088017 s, its two
  /// latents' 65536 bytes 0.065536017 s. Queries 2 and 10 are split; query 3 fills the rest of query 2.
  static let onCPU = Gantt(
    "on-cpu", workers: 1, cores: 2,
    batching: StaticBatching(images: 2, wait: SimulationDuration(nanoseconds: 1_000_000_000)),
    placement: Placement(encodeOnCPU: true, decodeOnCPU: true),
    link: Link(bytesPerSecond: 1_000_000, latency: SimulationDuration(nanoseconds: 17)),
    arrivals: [
      .init(at: 0, steps: 2, images: 1), .init(at: 0.3, steps: 1, images: 1),
      .init(at: 2.000000001, steps: 1, images: 3), .init(at: 2.000000001, steps: 3, images: 1),
      .init(at: 30, steps: 1, images: 1), .init(at: 32, steps: 1, images: 1),
      .init(at: 33.000000003, steps: 2, images: 2), .init(at: 50, steps: 1, images: 1),
      .init(at: 50, steps: 1, images: 1), .init(at: 51, steps: 2, images: 1),
      .init(at: 70, steps: 1, images: 4), .init(at: 71, steps: 1, images: 1),
    ],
    chart: """
      worker and resource, stage, start, end, images, number of the batch, queries
      0 cpu         encode         0.300000000   1.300000001 1  1 0
      0 cpu         encode         0.300000000   1.300000001 1  1 1
      0 link        denoise        1.300000001   1.773088018 2  1 0,1
      0 accelerator denoise        1.773088018   3.773088021 2  1 0,1
      0 accelerator denoise        3.773088021   5.773088024 1  1 0
      0 link        decode         5.773088024   5.838624041 2  1 0,1
      0 cpu         decode         5.838624041   7.338624048 1  1 0
      0 cpu         decode         5.838624041   7.338624048 1  1 1
      0 cpu         post-process   7.338624048   8.038624061 1  1 0
      0 cpu         post-process   7.338624048   8.038624061 1  1 1
      0 cpu         encode         8.038624061   9.038624062 1  2 2
      0 link        denoise        9.038624062   9.275168079 2  2 2
      0 accelerator denoise        9.275168079  11.275168082 2  2 2
      0 link        decode        11.275168082  11.340704099 2  2 2
      0 cpu         decode        11.340704099  12.840704106 1  2 2
      0 cpu         decode        11.340704099  12.840704106 1  2 2
      0 cpu         post-process  12.840704106  13.540704119 1  2 2
      0 cpu         post-process  12.840704106  13.540704119 1  2 2
      0 cpu         encode        13.540704119  14.540704120 1  3 2
      0 cpu         encode        13.540704119  14.540704120 1  3 3
      0 link        denoise       14.540704120  15.013792137 2  3 2,3
      0 accelerator denoise       15.013792137  17.013792140 2  3 2,3
      0 accelerator denoise       17.013792140  19.013792143 1  3 3
      0 accelerator denoise       19.013792143  21.013792146 1  3 3
      0 link        decode        21.013792146  21.079328163 2  3 2,3
      0 cpu         decode        21.079328163  22.579328170 1  3 2
      0 cpu         decode        21.079328163  22.579328170 1  3 3
      0 cpu         post-process  22.579328170  23.279328183 1  3 2
      0 cpu         post-process  22.579328170  23.279328183 1  3 3
      0 cpu         encode        31.000000000  32.000000001 1  4 4
      0 link        denoise       32.000000001  32.236544018 1  4 4
      0 accelerator denoise       32.236544018  34.236544021 1  4 4
      0 link        decode        34.236544021  34.269312038 1  4 4
      0 cpu         decode        34.269312038  35.769312045 1  4 4
      0 cpu         post-process  35.769312045  36.469312058 1  4 4
      0 cpu         encode        36.469312058  37.469312059 1  5 5
      0 link        denoise       37.469312059  37.705856076 1  5 5
      0 accelerator denoise       37.705856076  39.705856079 1  5 5
      0 link        decode        39.705856079  39.738624096 1  5 5
      0 cpu         decode        39.738624096  41.238624103 1  5 5
      0 cpu         post-process  41.238624103  41.938624116 1  5 5
      0 cpu         encode        41.938624116  42.938624117 1  6 6
      0 link        denoise       42.938624117  43.175168134 2  6 6
      0 accelerator denoise       43.175168134  45.175168137 2  6 6
      0 accelerator denoise       45.175168137  47.175168140 2  6 6
      0 link        decode        47.175168140  47.240704157 2  6 6
      0 cpu         decode        47.240704157  48.740704164 1  6 6
      0 cpu         decode        47.240704157  48.740704164 1  6 6
      0 cpu         post-process  48.740704164  49.440704177 1  6 6
      0 cpu         post-process  48.740704164  49.440704177 1  6 6
      0 cpu         encode        50.000000000  51.000000001 1  7 7
      0 cpu         encode        50.000000000  51.000000001 1  7 8
      0 link        denoise       51.000000001  51.473088018 2  7 7,8
      0 accelerator denoise       51.473088018  53.473088021 2  7 7,8
      0 link        decode        53.473088021  53.538624038 2  7 7,8
      0 cpu         decode        53.538624038  55.038624045 1  7 7
      0 cpu         decode        53.538624038  55.038624045 1  7 8
      0 cpu         post-process  55.038624045  55.738624058 1  7 7
      0 cpu         post-process  55.038624045  55.738624058 1  7 8
      0 cpu         encode        55.738624058  56.738624059 1  8 9
      0 link        denoise       56.738624059  56.975168076 1  8 9
      0 accelerator denoise       56.975168076  58.975168079 1  8 9
      0 accelerator denoise       58.975168079  60.975168082 1  8 9
      0 link        decode        60.975168082  61.007936099 1  8 9
      0 cpu         decode        61.007936099  62.507936106 1  8 9
      0 cpu         post-process  62.507936106  63.207936119 1  8 9
      0 cpu         encode        70.000000000  71.000000001 1  9 10
      0 link        denoise       71.000000001  71.236544018 2  9 10
      0 accelerator denoise       71.236544018  73.236544021 2  9 10
      0 link        decode        73.236544021  73.302080038 2  9 10
      0 cpu         decode        73.302080038  74.802080045 1  9 10
      0 cpu         decode        73.302080038  74.802080045 1  9 10
      0 cpu         post-process  74.802080045  75.502080058 1  9 10
      0 cpu         post-process  74.802080045  75.502080058 1  9 10
      0 cpu         encode        75.502080058  76.502080059 1 10 10
      0 link        denoise       76.502080059  76.738624076 2 10 10
      0 accelerator denoise       76.738624076  78.738624079 2 10 10
      0 link        decode        78.738624079  78.804160096 2 10 10
      0 cpu         decode        78.804160096  80.304160103 1 10 10
      0 cpu         decode        78.804160096  80.304160103 1 10 10
      0 cpu         post-process  80.304160103  81.004160116 1 10 10
      0 cpu         post-process  80.304160103  81.004160116 1 10 10
      0 cpu         encode        81.004160116  82.004160117 1 11 11
      0 link        denoise       82.004160117  82.240704134 1 11 11
      0 accelerator denoise       82.240704134  84.240704137 1 11 11
      0 link        decode        84.240704137  84.273472154 1 11 11
      0 cpu         decode        84.273472154  85.773472161 1 11 11
      0 cpu         post-process  85.773472161  86.473472174 1 11 11
      query  0 worker 0   0.300000000   8.038624061
      query  1 worker 0   0.300000000   8.038624061
      query  2 worker 0   8.038624061  23.279328183
      query  3 worker 0  13.540704119  23.279328183
      query  4 worker 0  31.000000000  36.469312058
      query  5 worker 0  36.469312058  41.938624116
      query  6 worker 0  41.938624116  49.440704177
      query  7 worker 0  50.000000000  55.738624058
      query  8 worker 0  50.000000000  55.738624058
      query  9 worker 0  55.738624058  63.207936119
      query 10 worker 0  70.000000000  81.004160116
      query 11 worker 0  81.004160116  86.473472174
      """)

  /// Two workers with a slot in each direction and two cores for all encoding, decoding and post-processing;
  /// worker 0 takes query 2 ahead when query 0's denoising begins, at 1.236544018, and is blocked with it from
  /// 7.236544027 until the last image of query 0 is done at 7.936544049. Which batch of its worker an encoding
  /// ahead will belong to is not known when it begins: no number.
  static let onCPUPipelined = Gantt(
    "on-cpu-pipelined", workers: 2, cores: 2, batching: NoBatching(),
    pipelining: .cpuGPU(buffer: 1), placement: Placement(encodeOnCPU: true, decodeOnCPU: true),
    link: Link(bytesPerSecond: 1_000_000, latency: SimulationDuration(nanoseconds: 17)),
    arrivals: [
      .init(at: 0, steps: 2, images: 1), .init(at: 0, steps: 1, images: 2),
      .init(at: 0, steps: 1, images: 1), .init(at: 0.5, steps: 3, images: 1),
      .init(at: 3.000000001, steps: 1, images: 3), .init(at: 4, steps: 1, images: 1),
      .init(at: 20, steps: 1, images: 1), .init(at: 20, steps: 2, images: 4),
      .init(at: 20, steps: 1, images: 1), .init(at: 21.000000007, steps: 1, images: 1),
      .init(at: 40, steps: 1, images: 5), .init(at: 41, steps: 2, images: 1),
    ],
    chart: """
      worker and resource, stage, start, end, images, number of the batch, queries
      0 cpu         encode         0.000000000   1.000000001 1  - 0
      1 cpu         encode         0.000000000   1.000000001 1  - 1
      0 link        denoise        1.000000001   1.236544018 1  - 0
      1 link        denoise        1.000000001   1.236544018 2  - 1
      0 accelerator denoise        1.236544018   3.236544021 1  1 0
      0 cpu         encode         1.236544018   2.236544019 1  - 2
      1 accelerator denoise        1.236544018   3.236544021 2  1 1
      1 cpu         encode         1.236544018   2.236544019 1  - 3
      0 link        denoise        2.236544019   2.473088036 1  - 2
      1 link        denoise        2.236544019   2.473088036 1  - 3
      0 accelerator denoise        3.236544021   5.236544024 1  1 0
      1 accelerator denoise        3.236544021   5.236544024 1  2 3
      1 cpu         encode         3.236544021   4.236544022 1  - 4
      1 link        decode         3.236544021   3.302080038 2  1 1
      1 cpu         decode         3.302080038   4.802080045 1  1 1
      1 cpu         decode         4.236544022   5.736544029 1  1 1
      1 link        denoise        4.236544022   4.473088039 3  - 4
      0 accelerator denoise        5.236544024   7.236544027 1  2 2
      0 cpu         encode         5.236544024   6.236544025 1  - 5
      0 link        decode         5.236544024   5.269312041 1  1 0
      1 accelerator denoise        5.236544024   7.236544027 1  2 3
      0 cpu         decode         5.736544029   7.236544036 1  1 0
      0 link        denoise        6.236544025   6.473088042 1  - 5
      1 cpu         post-process   6.236544025   6.936544038 1  1 1
      1 cpu         post-process   6.936544038   7.636544051 1  1 1
      1 accelerator denoise        7.236544027   9.236544030 1  2 3
      0 cpu         post-process   7.236544036   7.936544049 1  1 0
      0 accelerator denoise        7.936544049   9.936544052 1  3 5
      0 link        decode         7.936544049   7.969312066 1  2 2
      0 cpu         decode         7.969312066   9.469312073 1  2 2
      1 accelerator denoise        9.236544030  11.236544033 3  3 4
      1 link        decode         9.236544030   9.269312047 1  2 3
      1 cpu         decode         9.269312047  10.769312054 1  2 3
      0 cpu         post-process   9.469312073  10.169312086 1  2 2
      0 link        decode        10.169312086  10.202080103 1  3 5
      0 cpu         decode        10.202080103  11.702080110 1  3 5
      1 cpu         post-process  10.769312054  11.469312067 1  2 3
      1 link        decode        11.469312067  11.567616084 3  3 4
      1 cpu         decode        11.567616084  13.067616091 1  3 4
      1 cpu         decode        11.702080110  13.202080117 1  3 4
      1 cpu         decode        13.067616091  14.567616098 1  3 4
      0 cpu         post-process  13.202080117  13.902080130 1  3 5
      1 cpu         post-process  14.567616098  15.267616111 1  3 4
      1 cpu         post-process  14.567616098  15.267616111 1  3 4
      1 cpu         post-process  15.267616111  15.967616124 1  3 4
      0 cpu         encode        20.000000000  21.000000001 1  - 6
      1 cpu         encode        20.000000000  21.000000001 1  - 7
      0 link        denoise       21.000000001  21.236544018 1  - 6
      1 link        denoise       21.000000001  21.236544018 4  - 7
      0 accelerator denoise       21.236544018  23.236544021 1  4 6
      0 cpu         encode        21.236544018  22.236544019 1  - 8
      1 accelerator denoise       21.236544018  23.236544021 4  4 7
      1 cpu         encode        21.236544018  22.236544019 1  - 9
      0 link        denoise       22.236544019  22.473088036 1  - 8
      1 link        denoise       22.236544019  22.473088036 1  - 9
      0 accelerator denoise       23.236544021  25.236544024 1  5 8
      0 link        decode        23.236544021  23.269312038 1  4 6
      1 accelerator denoise       23.236544021  25.236544024 4  4 7
      0 cpu         decode        23.269312038  24.769312045 1  4 6
      0 cpu         post-process  24.769312045  25.469312058 1  4 6
      1 accelerator denoise       25.236544024  27.236544027 1  5 9
      1 link        decode        25.236544024  25.367616041 4  4 7
      1 cpu         decode        25.367616041  26.867616048 1  4 7
      0 link        decode        25.469312058  25.502080075 1  5 8
      1 cpu         decode        25.469312058  26.969312065 1  4 7
      1 cpu         decode        26.867616048  28.367616055 1  4 7
      1 cpu         decode        26.969312065  28.469312072 1  4 7
      0 cpu         decode        28.367616055  29.867616062 1  5 8
      1 cpu         post-process  28.469312072  29.169312085 1  4 7
      1 cpu         post-process  29.169312085  29.869312098 1  4 7
      1 cpu         post-process  29.867616062  30.567616075 1  4 7
      1 cpu         post-process  29.869312098  30.569312111 1  4 7
      0 cpu         post-process  30.567616075  31.267616088 1  5 8
      1 link        decode        30.569312111  30.602080128 1  5 9
      1 cpu         decode        30.602080128  32.102080135 1  5 9
      1 cpu         post-process  32.102080135  32.802080148 1  5 9
      0 cpu         encode        40.000000000  41.000000001 1  - 10
      1 cpu         encode        41.000000000  42.000000001 1  - 11
      0 link        denoise       41.000000001  41.236544018 5  - 10
      0 accelerator denoise       41.236544018  43.236544021 5  6 10
      1 link        denoise       42.000000001  42.236544018 1  - 11
      1 accelerator denoise       42.236544018  44.236544021 1  6 11
      0 link        decode        43.236544021  43.400384038 5  6 10
      0 cpu         decode        43.400384038  44.900384045 1  6 10
      0 cpu         decode        43.400384038  44.900384045 1  6 10
      1 accelerator denoise       44.236544021  46.236544024 1  6 11
      0 cpu         decode        44.900384045  46.400384052 1  6 10
      0 cpu         decode        44.900384045  46.400384052 1  6 10
      1 link        decode        46.236544024  46.269312041 1  6 11
      0 cpu         decode        46.400384052  47.900384059 1  6 10
      1 cpu         decode        46.400384052  47.900384059 1  6 11
      0 cpu         post-process  47.900384059  48.600384072 1  6 10
      0 cpu         post-process  47.900384059  48.600384072 1  6 10
      0 cpu         post-process  48.600384072  49.300384085 1  6 10
      0 cpu         post-process  48.600384072  49.300384085 1  6 10
      0 cpu         post-process  49.300384085  50.000384098 1  6 10
      1 cpu         post-process  49.300384085  50.000384098 1  6 11
      query  0 worker 0   0.000000000   7.936544049
      query  1 worker 1   0.000000000   7.636544051
      query  2 worker 0   1.236544018  10.169312086
      query  3 worker 1   1.236544018  11.469312067
      query  4 worker 1   3.236544021  15.967616124
      query  5 worker 0   5.236544024  13.902080130
      query  6 worker 0  20.000000000  25.469312058
      query  7 worker 1  20.000000000  30.569312111
      query  8 worker 0  21.236544018  31.267616088
      query  9 worker 1  21.236544018  32.802080148
      query 10 worker 0  40.000000000  50.000384098
      query 11 worker 1  41.000000000  50.000384098
      """)
}

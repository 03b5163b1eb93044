import Cluster
import EventEngine
import Policies

/// Charts without batching: a query is a batch.
extension Gantt {
  /// Two workers and two cores, and each worker stands still while the cores work for it: query 1's three
  /// images take two rounds, so worker 1 takes query 2 at 5.900000037 and not at 5.200000024.
  static let plain = Gantt(
    "plain", workers: 2, cores: 2, batching: NoBatching(),
    arrivals: [
      .init(at: 0, steps: 2, images: 1), .init(at: 0, steps: 1, images: 3),
      .init(at: 0, steps: 3, images: 1), .init(at: 1.000000001, steps: 1, images: 2),
      .init(at: 6, steps: 2, images: 1), .init(at: 9.000000007, steps: 1, images: 1),
      .init(at: 30, steps: 1, images: 5), .init(at: 30, steps: 2, images: 1),
      .init(at: 31, steps: 1, images: 1), .init(at: 33.000000003, steps: 3, images: 2),
      .init(at: 60, steps: 1, images: 1), .init(at: 60, steps: 1, images: 1),
    ],
    chart: """
      worker and resource, stage, start, end, images, number of the batch, queries
      0 accelerator encode         0.000000000   1.000000001 1  1 0
      1 accelerator encode         0.000000000   1.000000001 3  1 1
      0 accelerator denoise        1.000000001   3.000000004 1  1 0
      1 accelerator denoise        1.000000001   3.000000004 3  1 1
      0 accelerator denoise        3.000000004   5.000000007 1  1 0
      1 accelerator decode         3.000000004   4.500000011 3  1 1
      1 cpu         post-process   4.500000011   5.200000024 1  1 1
      1 cpu         post-process   4.500000011   5.200000024 1  1 1
      0 accelerator decode         5.000000007   6.500000014 1  1 0
      1 cpu         post-process   5.200000024   5.900000037 1  1 1
      1 accelerator encode         5.900000037   6.900000038 1  2 2
      0 cpu         post-process   6.500000014   7.200000027 1  1 0
      1 accelerator denoise        6.900000038   8.900000041 1  2 2
      0 accelerator encode         7.200000027   8.200000028 2  2 3
      0 accelerator denoise        8.200000028  10.200000031 2  2 3
      1 accelerator denoise        8.900000041  10.900000044 1  2 2
      0 accelerator decode        10.200000031  11.700000038 2  2 3
      1 accelerator denoise       10.900000044  12.900000047 1  2 2
      0 cpu         post-process  11.700000038  12.400000051 1  2 3
      0 cpu         post-process  11.700000038  12.400000051 1  2 3
      0 accelerator encode        12.400000051  13.400000052 1  3 4
      1 accelerator decode        12.900000047  14.400000054 1  2 2
      0 accelerator denoise       13.400000052  15.400000055 1  3 4
      1 cpu         post-process  14.400000054  15.100000067 1  2 2
      1 accelerator encode        15.100000067  16.100000068 1  3 5
      0 accelerator denoise       15.400000055  17.400000058 1  3 4
      1 accelerator denoise       16.100000068  18.100000071 1  3 5
      0 accelerator decode        17.400000058  18.900000065 1  3 4
      1 accelerator decode        18.100000071  19.600000078 1  3 5
      0 cpu         post-process  18.900000065  19.600000078 1  3 4
      1 cpu         post-process  19.600000078  20.300000091 1  3 5
      0 accelerator encode        30.000000000  31.000000001 5  4 6
      1 accelerator encode        30.000000000  31.000000001 1  4 7
      0 accelerator denoise       31.000000001  33.000000004 5  4 6
      1 accelerator denoise       31.000000001  33.000000004 1  4 7
      0 accelerator decode        33.000000004  34.500000011 5  4 6
      1 accelerator denoise       33.000000004  35.000000007 1  4 7
      0 cpu         post-process  34.500000011  35.200000024 1  4 6
      0 cpu         post-process  34.500000011  35.200000024 1  4 6
      1 accelerator decode        35.000000007  36.500000014 1  4 7
      0 cpu         post-process  35.200000024  35.900000037 1  4 6
      0 cpu         post-process  35.200000024  35.900000037 1  4 6
      0 cpu         post-process  35.900000037  36.600000050 1  4 6
      1 cpu         post-process  36.500000014  37.200000027 1  4 7
      0 accelerator encode        36.600000050  37.600000051 1  5 8
      1 accelerator encode        37.200000027  38.200000028 2  5 9
      0 accelerator denoise       37.600000051  39.600000054 1  5 8
      1 accelerator denoise       38.200000028  40.200000031 2  5 9
      0 accelerator decode        39.600000054  41.100000061 1  5 8
      1 accelerator denoise       40.200000031  42.200000034 2  5 9
      0 cpu         post-process  41.100000061  41.800000074 1  5 8
      1 accelerator denoise       42.200000034  44.200000037 2  5 9
      1 accelerator decode        44.200000037  45.700000044 2  5 9
      1 cpu         post-process  45.700000044  46.400000057 1  5 9
      1 cpu         post-process  45.700000044  46.400000057 1  5 9
      0 accelerator encode        60.000000000  61.000000001 1  6 10
      1 accelerator encode        60.000000000  61.000000001 1  6 11
      0 accelerator denoise       61.000000001  63.000000004 1  6 10
      1 accelerator denoise       61.000000001  63.000000004 1  6 11
      0 accelerator decode        63.000000004  64.500000011 1  6 10
      1 accelerator decode        63.000000004  64.500000011 1  6 11
      0 cpu         post-process  64.500000011  65.200000024 1  6 10
      1 cpu         post-process  64.500000011  65.200000024 1  6 11
      query  0 worker 0   0.000000000   7.200000027
      query  1 worker 1   0.000000000   5.900000037
      query  2 worker 1   5.900000037  15.100000067
      query  3 worker 0   7.200000027  12.400000051
      query  4 worker 0  12.400000051  19.600000078
      query  5 worker 1  15.100000067  20.300000091
      query  6 worker 0  30.000000000  36.600000050
      query  7 worker 1  30.000000000  37.200000027
      query  8 worker 0  36.600000050  41.800000074
      query  9 worker 1  37.200000027  46.400000057
      query 10 worker 0  60.000000000  65.200000024
      query 11 worker 1  60.000000000  65.200000024
      """)

  /// Two workers with one slot each, one core, and a link. Worker 0 is blocked with query 2 from 9.000000022
  /// until the core is through with query 0's four images at 10.786432096, and takes query 4 only then.
  static let plainPipelined = Gantt(
    "plain-pipelined", workers: 2, cores: 1, batching: NoBatching(), pipelining: .cpuGPU(buffer: 1),
    link: Link(bytesPerSecond: 1_000_000, latency: SimulationDuration(nanoseconds: 17)),
    arrivals: [
      .init(at: 0, steps: 1, images: 4), .init(at: 0, steps: 2, images: 1),
      .init(at: 1.000000001, steps: 1, images: 1), .init(at: 2, steps: 1, images: 2),
      .init(at: 2, steps: 3, images: 1), .init(at: 5.000000005, steps: 1, images: 6),
      .init(at: 12, steps: 1, images: 1), .init(at: 13.000000003, steps: 1, images: 1),
      .init(at: 14, steps: 2, images: 1), .init(at: 40, steps: 1, images: 1),
      .init(at: 40, steps: 2, images: 3), .init(at: 41.000000009, steps: 1, images: 1),
    ],
    chart: """
      worker and resource, stage, start, end, images, number of the batch, queries
      0 accelerator encode         0.000000000   1.000000001 4  1 0
      1 accelerator encode         0.000000000   1.000000001 1  1 1
      0 accelerator denoise        1.000000001   3.000000004 4  1 0
      1 accelerator denoise        1.000000001   3.000000004 1  1 1
      0 accelerator decode         3.000000004   4.500000011 4  1 0
      1 accelerator denoise        3.000000004   5.000000007 1  1 1
      0 accelerator encode         4.500000011   5.500000012 1  2 2
      0 link        post-process   4.500000011   7.645728028 4  1 0
      1 accelerator decode         5.000000007   6.500000014 1  1 1
      0 accelerator denoise        5.500000012   7.500000015 1  2 2
      1 accelerator encode         6.500000014   7.500000015 2  2 3
      1 link        post-process   6.500000014   7.286432031 1  1 1
      1 cpu         post-process   7.286432031   7.986432044 1  1 1
      0 accelerator decode         7.500000015   9.000000022 1  2 2
      1 accelerator denoise        7.500000015   9.500000018 2  2 3
      0 cpu         post-process   7.986432044   8.686432057 1  1 0
      0 cpu         post-process   8.686432057   9.386432070 1  1 0
      0 cpu         post-process   9.386432070  10.086432083 1  1 0
      1 accelerator decode         9.500000018  11.000000025 2  2 3
      0 cpu         post-process  10.086432083  10.786432096 1  1 0
      0 accelerator encode        10.786432096  11.786432097 1  3 4
      0 link        post-process  10.786432096  11.572864113 1  2 2
      1 accelerator encode        11.000000025  12.000000026 6  3 5
      1 link        post-process  11.000000025  12.572864042 2  2 3
      0 cpu         post-process  11.572864113  12.272864126 1  2 2
      0 accelerator denoise       11.786432097  13.786432100 1  3 4
      1 accelerator denoise       12.000000026  14.000000029 6  3 5
      1 cpu         post-process  12.572864042  13.272864055 1  2 3
      1 cpu         post-process  13.272864055  13.972864068 1  2 3
      0 accelerator denoise       13.786432100  15.786432103 1  3 4
      1 accelerator decode        14.000000029  15.500000036 6  3 5
      1 accelerator encode        15.500000036  16.500000037 1  4 6
      1 link        post-process  15.500000036  20.218592053 6  3 5
      0 accelerator denoise       15.786432103  17.786432106 1  3 4
      1 accelerator denoise       16.500000037  18.500000040 1  4 6
      0 accelerator decode        17.786432106  19.286432113 1  3 4
      1 accelerator decode        18.500000040  20.000000047 1  4 6
      0 accelerator encode        19.286432113  20.286432114 1  4 7
      0 link        post-process  19.286432113  20.072864130 1  3 4
      0 cpu         post-process  20.072864130  20.772864143 1  3 4
      0 accelerator denoise       20.286432114  22.286432117 1  4 7
      1 cpu         post-process  20.772864143  21.472864156 1  3 5
      1 cpu         post-process  21.472864156  22.172864169 1  3 5
      1 cpu         post-process  22.172864169  22.872864182 1  3 5
      0 accelerator decode        22.286432117  23.786432124 1  4 7
      1 cpu         post-process  22.872864182  23.572864195 1  3 5
      1 cpu         post-process  23.572864195  24.272864208 1  3 5
      0 accelerator encode        23.786432124  24.786432125 1  5 8
      0 link        post-process  23.786432124  24.572864141 1  4 7
      1 cpu         post-process  24.272864208  24.972864221 1  3 5
      0 accelerator denoise       24.786432125  26.786432128 1  5 8
      0 cpu         post-process  24.972864221  25.672864234 1  4 7
      1 link        post-process  24.972864221  25.759296238 1  4 6
      1 cpu         post-process  25.759296238  26.459296251 1  4 6
      0 accelerator denoise       26.786432128  28.786432131 1  5 8
      0 accelerator decode        28.786432131  30.286432138 1  5 8
      0 link        post-process  30.286432138  31.072864155 1  5 8
      0 cpu         post-process  31.072864155  31.772864168 1  5 8
      0 accelerator encode        40.000000000  41.000000001 1  6 9
      1 accelerator encode        40.000000000  41.000000001 3  5 10
      0 accelerator denoise       41.000000001  43.000000004 1  6 9
      1 accelerator denoise       41.000000001  43.000000004 3  5 10
      0 accelerator decode        43.000000004  44.500000011 1  6 9
      1 accelerator denoise       43.000000004  45.000000007 3  5 10
      0 accelerator encode        44.500000011  45.500000012 1  7 11
      0 link        post-process  44.500000011  45.286432028 1  6 9
      1 accelerator decode        45.000000007  46.500000014 3  5 10
      0 cpu         post-process  45.286432028  45.986432041 1  6 9
      0 accelerator denoise       45.500000012  47.500000015 1  7 11
      1 link        post-process  46.500000014  48.859296031 3  5 10
      0 accelerator decode        47.500000015  49.000000022 1  7 11
      1 cpu         post-process  48.859296031  49.559296044 1  5 10
      0 link        post-process  49.000000022  49.786432039 1  7 11
      1 cpu         post-process  49.559296044  50.259296057 1  5 10
      1 cpu         post-process  50.259296057  50.959296070 1  5 10
      0 cpu         post-process  50.959296070  51.659296083 1  7 11
      query  0 worker 0   0.000000000  10.786432096
      query  1 worker 1   0.000000000   7.986432044
      query  2 worker 0   4.500000011  12.272864126
      query  3 worker 1   6.500000014  13.972864068
      query  4 worker 0  10.786432096  20.772864143
      query  5 worker 1  11.000000025  24.972864221
      query  6 worker 1  15.500000036  26.459296251
      query  7 worker 0  19.286432113  25.672864234
      query  8 worker 0  23.786432124  31.772864168
      query  9 worker 0  40.000000000  45.986432041
      query 10 worker 1  40.000000000  50.959296070
      query 11 worker 0  44.500000011  51.659296083
      """)
}

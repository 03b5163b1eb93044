import Cluster
import EventEngine
import Policies

/// Charts of batches that start full or after a wait and stay together.
extension Gantt {
  /// One worker and two cores; batches of four images that wait 5.000000019 s. Full at once: queries 0-2 and
  /// the first part of query 5; full because the next does not fit: query 7; after the wait: 3, 4, and 10
  /// with 11. Queries 0 and 1 rest in their batch until query 2 has had its three steps.
  static let staticBatches = Gantt(
    "static", workers: 1, cores: 2,
    batching: StaticBatching(images: 4, wait: SimulationDuration(nanoseconds: 5_000_000_019)),
    arrivals: [
      .init(at: 0, steps: 2, images: 1), .init(at: 0, steps: 1, images: 2),
      .init(at: 1.000000001, steps: 3, images: 1), .init(at: 8, steps: 1, images: 1),
      .init(at: 20, steps: 2, images: 1), .init(at: 40.000000003, steps: 1, images: 6),
      .init(at: 42, steps: 2, images: 1), .init(at: 60, steps: 3, images: 3),
      .init(at: 60, steps: 1, images: 2), .init(at: 61.000000007, steps: 1, images: 1),
      .init(at: 100, steps: 1, images: 1), .init(at: 103.000000001, steps: 2, images: 1),
    ],
    chart: """
      worker and resource, stage, start, end, images, number of the batch, queries
      0 accelerator encode         1.000000001   2.000000002 4  1 0,1,2
      0 accelerator denoise        2.000000002   4.000000005 4  1 0,1,2
      0 accelerator denoise        4.000000005   6.000000008 2  1 0,2
      0 accelerator denoise        6.000000008   8.000000011 1  1 2
      0 accelerator decode         8.000000011   9.500000018 4  1 0,1,2
      0 cpu         post-process   9.500000018  10.200000031 1  1 0
      0 cpu         post-process   9.500000018  10.200000031 1  1 1
      0 cpu         post-process  10.200000031  10.900000044 1  1 1
      0 cpu         post-process  10.200000031  10.900000044 1  1 2
      0 accelerator encode        13.000000019  14.000000020 1  2 3
      0 accelerator denoise       14.000000020  16.000000023 1  2 3
      0 accelerator decode        16.000000023  17.500000030 1  2 3
      0 cpu         post-process  17.500000030  18.200000043 1  2 3
      0 accelerator encode        25.000000019  26.000000020 1  3 4
      0 accelerator denoise       26.000000020  28.000000023 1  3 4
      0 accelerator denoise       28.000000023  30.000000026 1  3 4
      0 accelerator decode        30.000000026  31.500000033 1  3 4
      0 cpu         post-process  31.500000033  32.200000046 1  3 4
      0 accelerator encode        40.000000003  41.000000004 4  4 5
      0 accelerator denoise       41.000000004  43.000000007 4  4 5
      0 accelerator decode        43.000000007  44.500000014 4  4 5
      0 cpu         post-process  44.500000014  45.200000027 1  4 5
      0 cpu         post-process  44.500000014  45.200000027 1  4 5
      0 cpu         post-process  45.200000027  45.900000040 1  4 5
      0 cpu         post-process  45.200000027  45.900000040 1  4 5
      0 accelerator encode        45.900000040  46.900000041 3  5 5,6
      0 accelerator denoise       46.900000041  48.900000044 3  5 5,6
      0 accelerator denoise       48.900000044  50.900000047 1  5 6
      0 accelerator decode        50.900000047  52.400000054 3  5 5,6
      0 cpu         post-process  52.400000054  53.100000067 1  5 5
      0 cpu         post-process  52.400000054  53.100000067 1  5 5
      0 cpu         post-process  53.100000067  53.800000080 1  5 6
      0 accelerator encode        60.000000000  61.000000001 3  6 7
      0 accelerator denoise       61.000000001  63.000000004 3  6 7
      0 accelerator denoise       63.000000004  65.000000007 3  6 7
      0 accelerator denoise       65.000000007  67.000000010 3  6 7
      0 accelerator decode        67.000000010  68.500000017 3  6 7
      0 cpu         post-process  68.500000017  69.200000030 1  6 7
      0 cpu         post-process  68.500000017  69.200000030 1  6 7
      0 cpu         post-process  69.200000030  69.900000043 1  6 7
      0 accelerator encode        69.900000043  70.900000044 3  7 8,9
      0 accelerator denoise       70.900000044  72.900000047 3  7 8,9
      0 accelerator decode        72.900000047  74.400000054 3  7 8,9
      0 cpu         post-process  74.400000054  75.100000067 1  7 8
      0 cpu         post-process  74.400000054  75.100000067 1  7 8
      0 cpu         post-process  75.100000067  75.800000080 1  7 9
      0 accelerator encode       105.000000019 106.000000020 2  8 10,11
      0 accelerator denoise      106.000000020 108.000000023 2  8 10,11
      0 accelerator denoise      108.000000023 110.000000026 1  8 11
      0 accelerator decode       110.000000026 111.500000033 2  8 10,11
      0 cpu         post-process 111.500000033 112.200000046 1  8 10
      0 cpu         post-process 111.500000033 112.200000046 1  8 11
      query  0 worker 0   1.000000001  10.200000031
      query  1 worker 0   1.000000001  10.900000044
      query  2 worker 0   1.000000001  10.900000044
      query  3 worker 0  13.000000019  18.200000043
      query  4 worker 0  25.000000019  32.200000046
      query  5 worker 0  40.000000003  53.100000067
      query  6 worker 0  45.900000040  53.800000080
      query  7 worker 0  60.000000000  69.900000043
      query  8 worker 0  69.900000043  75.100000067
      query  9 worker 0  69.900000043  75.800000080
      query 10 worker 0 105.000000019 112.200000046
      query 11 worker 0 105.000000019 112.200000046
      """)

  /// Two workers with two slots each, two cores, a link; batches of four images that wait 3.000000023 s. With
  /// query 3 five images wait at 2.000000000, which is enough to start, but its two do not fit beside three.
  /// Query 9 is two batches of four images and one image that query 10 joins.
  static let staticPipelined = Gantt(
    "static-pipelined", workers: 2, cores: 2,
    batching: StaticBatching(images: 4, wait: SimulationDuration(nanoseconds: 3_000_000_023)),
    pipelining: .cpuGPU(buffer: 2),
    link: Link(bytesPerSecond: 1_000_000, latency: SimulationDuration(nanoseconds: 17)),
    arrivals: [
      .init(at: 0, steps: 1, images: 4), .init(at: 0, steps: 2, images: 1),
      .init(at: 1.000000001, steps: 1, images: 2), .init(at: 2, steps: 3, images: 2),
      .init(at: 4, steps: 1, images: 1), .init(at: 7.000000003, steps: 2, images: 4),
      .init(at: 7.000000003, steps: 1, images: 4), .init(at: 8, steps: 1, images: 1),
      .init(at: 9.000000009, steps: 2, images: 3), .init(at: 30, steps: 1, images: 9),
      .init(at: 31, steps: 2, images: 1), .init(at: 50.000000001, steps: 1, images: 1),
    ],
    chart: """
      worker and resource, stage, start, end, images, number of the batch, queries
      0 accelerator encode         0.000000000   1.000000001 4  1 0
      0 accelerator denoise        1.000000001   3.000000004 4  1 0
      1 accelerator encode         2.000000000   3.000000001 3  1 1,2
      1 accelerator denoise        3.000000001   5.000000004 3  1 1,2
      0 accelerator decode         3.000000004   4.500000011 4  1 0
      0 link        post-process   4.500000011   7.645728028 4  1 0
      1 accelerator denoise        5.000000004   7.000000007 1  1 1
      0 accelerator encode         5.000000023   6.000000024 3  2 3,4
      0 accelerator denoise        6.000000024   8.000000027 3  2 3,4
      1 accelerator decode         7.000000007   8.500000014 3  1 1,2
      0 cpu         post-process   7.645728028   8.345728041 1  1 0
      0 cpu         post-process   7.645728028   8.345728041 1  1 0
      0 accelerator denoise        8.000000027  10.000000030 2  2 3
      0 cpu         post-process   8.345728041   9.045728054 1  1 0
      0 cpu         post-process   8.345728041   9.045728054 1  1 0
      1 accelerator encode         8.500000014   9.500000015 4  2 5
      1 link        post-process   8.500000014  10.859296031 3  1 1,2
      1 accelerator denoise        9.500000015  11.500000018 4  2 5
      0 accelerator denoise       10.000000030  12.000000033 2  2 3
      1 cpu         post-process  10.859296031  11.559296044 1  1 1
      1 cpu         post-process  10.859296031  11.559296044 1  1 2
      1 accelerator denoise       11.500000018  13.500000021 4  2 5
      1 cpu         post-process  11.559296044  12.259296057 1  1 2
      0 accelerator decode        12.000000033  13.500000040 3  2 3,4
      1 accelerator decode        13.500000021  15.000000028 4  2 5
      0 accelerator encode        13.500000040  14.500000041 4  3 6
      0 link        post-process  13.500000040  15.859296057 3  2 3,4
      0 accelerator denoise       14.500000041  16.500000044 4  3 6
      1 accelerator encode        15.000000028  16.000000029 4  3 7,8
      1 link        post-process  15.000000028  18.145728045 4  2 5
      0 cpu         post-process  15.859296057  16.559296070 1  2 3
      0 cpu         post-process  15.859296057  16.559296070 1  2 3
      1 accelerator denoise       16.000000029  18.000000032 4  3 7,8
      0 accelerator decode        16.500000044  18.000000051 4  3 6
      0 cpu         post-process  16.559296070  17.259296083 1  2 4
      1 accelerator denoise       18.000000032  20.000000035 3  3 8
      0 link        post-process  18.000000051  21.145728068 4  3 6
      1 cpu         post-process  18.145728045  18.845728058 1  2 5
      1 cpu         post-process  18.145728045  18.845728058 1  2 5
      1 cpu         post-process  18.845728058  19.545728071 1  2 5
      1 cpu         post-process  18.845728058  19.545728071 1  2 5
      1 accelerator decode        20.000000035  21.500000042 4  3 7,8
      0 cpu         post-process  21.145728068  21.845728081 1  3 6
      0 cpu         post-process  21.145728068  21.845728081 1  3 6
      1 link        post-process  21.500000042  24.645728059 4  3 7,8
      0 cpu         post-process  21.845728081  22.545728094 1  3 6
      0 cpu         post-process  21.845728081  22.545728094 1  3 6
      1 cpu         post-process  24.645728059  25.345728072 1  3 7
      1 cpu         post-process  24.645728059  25.345728072 1  3 8
      1 cpu         post-process  25.345728072  26.045728085 1  3 8
      1 cpu         post-process  25.345728072  26.045728085 1  3 8
      0 accelerator encode        30.000000000  31.000000001 4  4 9
      1 accelerator encode        30.000000000  31.000000001 4  4 9
      0 accelerator denoise       31.000000001  33.000000004 4  4 9
      1 accelerator denoise       31.000000001  33.000000004 4  4 9
      0 accelerator decode        33.000000004  34.500000011 4  4 9
      1 accelerator decode        33.000000004  34.500000011 4  4 9
      0 accelerator encode        34.500000011  35.500000012 2  5 9,10
      0 link        post-process  34.500000011  37.645728028 4  4 9
      1 link        post-process  34.500000011  37.645728028 4  4 9
      0 accelerator denoise       35.500000012  37.500000015 2  5 9,10
      0 accelerator denoise       37.500000015  39.500000018 1  5 10
      0 cpu         post-process  37.645728028  38.345728041 1  4 9
      0 cpu         post-process  37.645728028  38.345728041 1  4 9
      0 cpu         post-process  38.345728041  39.045728054 1  4 9
      0 cpu         post-process  38.345728041  39.045728054 1  4 9
      1 cpu         post-process  39.045728054  39.745728067 1  4 9
      1 cpu         post-process  39.045728054  39.745728067 1  4 9
      0 accelerator decode        39.500000018  41.000000025 2  5 9,10
      1 cpu         post-process  39.745728067  40.445728080 1  4 9
      1 cpu         post-process  39.745728067  40.445728080 1  4 9
      0 link        post-process  41.000000025  42.572864042 2  5 9,10
      0 cpu         post-process  42.572864042  43.272864055 1  5 9
      0 cpu         post-process  42.572864042  43.272864055 1  5 10
      0 accelerator encode        53.000000024  54.000000025 1  6 11
      0 accelerator denoise       54.000000025  56.000000028 1  6 11
      0 accelerator decode        56.000000028  57.500000035 1  6 11
      0 link        post-process  57.500000035  58.286432052 1  6 11
      0 cpu         post-process  58.286432052  58.986432065 1  6 11
      query  0 worker 0   0.000000000   9.045728054
      query  1 worker 1   2.000000000  11.559296044
      query  2 worker 1   2.000000000  12.259296057
      query  3 worker 0   5.000000023  16.559296070
      query  4 worker 0   5.000000023  17.259296083
      query  5 worker 1   8.500000014  19.545728071
      query  6 worker 0  13.500000040  22.545728094
      query  7 worker 1  15.000000028  25.345728072
      query  8 worker 1  15.000000028  26.045728085
      query  9 worker 0  30.000000000  43.272864055
      query 10 worker 0  34.500000011  43.272864055
      query 11 worker 0  53.000000024  58.986432065
      """)
}

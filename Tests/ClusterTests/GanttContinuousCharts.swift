import Cluster
import EventEngine
import Policies

/// Charts of batches that queries join and leave between steps.
extension Gantt {
  /// Two workers, one core, four images at a time. Queries join after a step or another's encoding and leave
  /// after a step, and the worker stands still for the post-processing of those who leave while others of
  /// its batch have steps to come: worker 0 from 6.500000013 to 7.200000026.
  static let continuous = Gantt(
    "continuous", workers: 2, cores: 1, batching: ContinuousBatching(images: 4),
    arrivals: [
      .init(at: 0, steps: 3, images: 1), .init(at: 0, steps: 2, images: 2),
      .init(at: 1, steps: 1, images: 1), .init(at: 1.0000005, steps: 2, images: 2),
      .init(at: 4, steps: 1, images: 1), .init(at: 4, steps: 4, images: 3),
      .init(at: 9.000000003, steps: 1, images: 6), .init(at: 15, steps: 2, images: 1),
      .init(at: 16, steps: 1, images: 1), .init(at: 40.000000001, steps: 2, images: 1),
      .init(at: 43, steps: 1, images: 4), .init(at: 44, steps: 1, images: 1),
    ],
    chart: """
      worker and resource, stage, start, end, images, number of the batch, queries
      0 accelerator encode         0.000000000   1.000000001 1  1 0
      1 accelerator encode         0.000000000   1.000000001 2  1 1
      0 accelerator encode         1.000000001   2.000000002 1  1 2
      1 accelerator denoise        1.000000001   3.000000004 2  1 1
      0 accelerator encode         2.000000002   3.000000003 2  1 3
      0 accelerator denoise        3.000000003   5.000000006 4  1 0,2,3
      1 accelerator denoise        3.000000004   5.000000007 2  1 1
      0 accelerator decode         5.000000006   6.500000013 1  1 2
      1 accelerator decode         5.000000007   6.500000014 2  1 1
      0 cpu         post-process   6.500000013   7.200000026 1  1 2
      0 accelerator encode         7.200000026   8.200000027 1  1 4
      1 cpu         post-process   7.200000026   7.900000039 1  1 1
      1 cpu         post-process   7.900000039   8.600000052 1  1 1
      0 accelerator denoise        8.200000027  10.200000030 4  1 0,3,4
      1 accelerator encode         8.600000052   9.600000053 3  2 5
      1 accelerator denoise        9.600000053  11.600000056 3  2 5
      0 accelerator decode        10.200000030  11.700000037 3  1 3,4
      1 accelerator denoise       11.600000056  13.600000059 3  2 5
      0 cpu         post-process  11.700000037  12.400000050 1  1 3
      0 cpu         post-process  12.400000050  13.100000063 1  1 3
      0 cpu         post-process  13.100000063  13.800000076 1  1 4
      1 accelerator denoise       13.600000059  15.600000062 3  2 5
      0 accelerator denoise       13.800000076  15.800000079 1  1 0
      1 accelerator denoise       15.600000062  17.600000065 3  2 5
      0 accelerator decode        15.800000079  17.300000086 1  1 0
      0 cpu         post-process  17.300000086  18.000000099 1  1 0
      1 accelerator decode        17.600000065  19.100000072 3  2 5
      0 accelerator encode        18.000000099  19.000000100 4  2 6
      0 accelerator denoise       19.000000100  21.000000103 4  2 6
      1 cpu         post-process  19.100000072  19.800000085 1  2 5
      1 cpu         post-process  19.800000085  20.500000098 1  2 5
      1 cpu         post-process  20.500000098  21.200000111 1  2 5
      0 accelerator decode        21.000000103  22.500000110 4  2 6
      1 accelerator encode        21.200000111  22.200000112 4  3 6,7,8
      1 accelerator denoise       22.200000112  24.200000115 4  3 6,7,8
      0 cpu         post-process  22.500000110  23.200000123 1  2 6
      0 cpu         post-process  23.200000123  23.900000136 1  2 6
      0 cpu         post-process  23.900000136  24.600000149 1  2 6
      1 accelerator decode        24.200000115  25.700000122 3  3 6,8
      0 cpu         post-process  24.600000149  25.300000162 1  2 6
      1 cpu         post-process  25.700000122  26.400000135 1  3 6
      1 cpu         post-process  26.400000135  27.100000148 1  3 6
      1 cpu         post-process  27.100000148  27.800000161 1  3 8
      1 accelerator denoise       27.800000161  29.800000164 1  3 7
      1 accelerator decode        29.800000164  31.300000171 1  3 7
      1 cpu         post-process  31.300000171  32.000000184 1  3 7
      0 accelerator encode        40.000000001  41.000000002 1  3 9
      0 accelerator denoise       41.000000002  43.000000005 1  3 9
      1 accelerator encode        43.000000000  44.000000001 4  4 10
      0 accelerator denoise       43.000000005  45.000000008 1  3 9
      1 accelerator denoise       44.000000001  46.000000004 4  4 10
      0 accelerator decode        45.000000008  46.500000015 1  3 9
      1 accelerator decode        46.000000004  47.500000011 4  4 10
      0 cpu         post-process  46.500000015  47.200000028 1  3 9
      0 accelerator encode        47.200000028  48.200000029 1  4 11
      1 cpu         post-process  47.500000011  48.200000024 1  4 10
      1 cpu         post-process  48.200000024  48.900000037 1  4 10
      0 accelerator denoise       48.200000029  50.200000032 1  4 11
      1 cpu         post-process  48.900000037  49.600000050 1  4 10
      1 cpu         post-process  49.600000050  50.300000063 1  4 10
      0 accelerator decode        50.200000032  51.700000039 1  4 11
      0 cpu         post-process  51.700000039  52.400000052 1  4 11
      query  0 worker 0   0.000000000  18.000000099
      query  1 worker 1   0.000000000   8.600000052
      query  2 worker 0   1.000000001   7.200000026
      query  3 worker 0   2.000000002  13.100000063
      query  4 worker 0   7.200000026  13.800000076
      query  5 worker 1   8.600000052  21.200000111
      query  6 worker 1  18.000000099  27.100000148
      query  7 worker 1  21.200000111  32.000000184
      query  8 worker 1  21.200000111  27.800000161
      query  9 worker 0  40.000000001  47.200000028
      query 10 worker 1  43.000000000  50.300000063
      query 11 worker 0  47.200000028  52.400000052
      """)

  /// One worker with two slots, two cores, a link; four images at a time. Query 8's five images are a part of
  /// four and a part of one, which wait for one another on the worker but not on the cores.
  static let continuousPipelined = Gantt(
    "continuous-pipelined", workers: 1, cores: 2, batching: ContinuousBatching(images: 4),
    pipelining: .cpuGPU(buffer: 2),
    link: Link(bytesPerSecond: 1_000_000, latency: SimulationDuration(nanoseconds: 17)),
    arrivals: [
      .init(at: 0, steps: 2, images: 1), .init(at: 0, steps: 1, images: 1),
      .init(at: 0.5, steps: 3, images: 1), .init(at: 2, steps: 1, images: 1),
      .init(at: 3.000000001, steps: 2, images: 2), .init(at: 6, steps: 1, images: 4),
      .init(at: 6, steps: 1, images: 1), .init(at: 10.000000007, steps: 2, images: 1),
      .init(at: 20, steps: 1, images: 5), .init(at: 40, steps: 1, images: 1),
      .init(at: 41.000000003, steps: 3, images: 2), .init(at: 45, steps: 1, images: 2),
    ],
    chart: """
      worker and resource, stage, start, end, images, number of the batch, queries
      0 accelerator encode         0.000000000   1.000000001 1  1 0
      0 accelerator encode         1.000000001   2.000000002 2  1 1,2
      0 accelerator encode         2.000000002   3.000000003 1  1 3
      0 accelerator denoise        3.000000003   5.000000006 4  1 0,1,2,3
      0 accelerator decode         5.000000006   6.500000013 2  1 1,3
      0 accelerator encode         6.500000013   7.500000014 2  1 4
      0 link        post-process   6.500000013   8.072864030 2  1 1,3
      0 accelerator denoise        7.500000014   9.500000017 4  1 0,2,4
      0 cpu         post-process   8.072864030   8.772864043 1  1 1
      0 cpu         post-process   8.072864030   8.772864043 1  1 3
      0 accelerator decode         9.500000017  11.000000024 1  1 0
      0 accelerator denoise       11.000000024  13.000000027 3  1 2,4
      0 link        post-process  11.000000024  11.786432041 1  1 0
      0 cpu         post-process  11.786432041  12.486432054 1  1 0
      0 accelerator decode        13.000000027  14.500000034 3  1 2,4
      0 accelerator encode        14.500000034  15.500000035 4  2 5
      0 link        post-process  14.500000034  16.859296051 3  1 2,4
      0 accelerator denoise       15.500000035  17.500000038 4  2 5
      0 cpu         post-process  16.859296051  17.559296064 1  1 2
      0 cpu         post-process  16.859296051  17.559296064 1  1 4
      0 accelerator decode        17.500000038  19.000000045 4  2 5
      0 cpu         post-process  17.559296064  18.259296077 1  1 4
      0 accelerator encode        19.000000045  20.000000046 2  3 6,7
      0 link        post-process  19.000000045  22.145728062 4  2 5
      0 accelerator denoise       20.000000046  22.000000049 2  3 6,7
      0 accelerator decode        22.000000049  23.500000056 1  3 6
      0 cpu         post-process  22.145728062  22.845728075 1  2 5
      0 cpu         post-process  22.145728062  22.845728075 1  2 5
      0 cpu         post-process  22.845728075  23.545728088 1  2 5
      0 cpu         post-process  22.845728075  23.545728088 1  2 5
      0 accelerator denoise       23.500000056  25.500000059 1  3 7
      0 link        post-process  23.500000056  24.286432073 1  3 6
      0 cpu         post-process  24.286432073  24.986432086 1  3 6
      0 accelerator decode        25.500000059  27.000000066 1  3 7
      0 accelerator encode        27.000000066  28.000000067 4  4 8
      0 link        post-process  27.000000066  27.786432083 1  3 7
      0 cpu         post-process  27.786432083  28.486432096 1  3 7
      0 accelerator denoise       28.000000067  30.000000070 4  4 8
      0 accelerator decode        30.000000070  31.500000077 4  4 8
      0 accelerator encode        31.500000077  32.500000078 1  5 8
      0 link        post-process  31.500000077  34.645728094 4  4 8
      0 accelerator denoise       32.500000078  34.500000081 1  5 8
      0 accelerator decode        34.500000081  36.000000088 1  5 8
      0 cpu         post-process  34.645728094  35.345728107 1  4 8
      0 cpu         post-process  34.645728094  35.345728107 1  4 8
      0 cpu         post-process  35.345728107  36.045728120 1  4 8
      0 cpu         post-process  35.345728107  36.045728120 1  4 8
      0 link        post-process  36.000000088  36.786432105 1  5 8
      0 cpu         post-process  36.786432105  37.486432118 1  5 8
      0 accelerator encode        40.000000000  41.000000001 1  6 9
      0 accelerator denoise       41.000000001  43.000000004 1  6 9
      0 accelerator decode        43.000000004  44.500000011 1  6 9
      0 accelerator encode        44.500000011  45.500000012 2  7 10
      0 link        post-process  44.500000011  45.286432028 1  6 9
      0 cpu         post-process  45.286432028  45.986432041 1  6 9
      0 accelerator encode        45.500000012  46.500000013 2  7 11
      0 accelerator denoise       46.500000013  48.500000016 4  7 10,11
      0 accelerator decode        48.500000016  50.000000023 2  7 11
      0 accelerator denoise       50.000000023  52.000000026 2  7 10
      0 link        post-process  50.000000023  51.572864040 2  7 11
      0 cpu         post-process  51.572864040  52.272864053 1  7 11
      0 cpu         post-process  51.572864040  52.272864053 1  7 11
      0 accelerator denoise       52.000000026  54.000000029 2  7 10
      0 accelerator decode        54.000000029  55.500000036 2  7 10
      0 link        post-process  55.500000036  57.072864053 2  7 10
      0 cpu         post-process  57.072864053  57.772864066 1  7 10
      0 cpu         post-process  57.072864053  57.772864066 1  7 10
      query  0 worker 0   0.000000000  12.486432054
      query  1 worker 0   1.000000001   8.772864043
      query  2 worker 0   1.000000001  17.559296064
      query  3 worker 0   2.000000002   8.772864043
      query  4 worker 0   6.500000013  18.259296077
      query  5 worker 0  14.500000034  23.545728088
      query  6 worker 0  19.000000045  24.986432086
      query  7 worker 0  19.000000045  28.486432096
      query  8 worker 0  27.000000066  37.486432118
      query  9 worker 0  40.000000000  45.986432041
      query 10 worker 0  44.500000011  57.772864066
      query 11 worker 0  45.500000012  52.272864053
      """)
}

# Distribution of latency: look-alike. qosdiff-paper, look-alike, load 0.8, SLO scale 3. Completed queries; quantiles are means over replications. Bands and bars: 95 % intervals over replications.
# Run here: gnuplot latency_cdf-qosdiff-paper-look-alike.gp
# qosdiff replaces this file while this line is in it.
set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale 0.5
set grid lc rgb '#d8d8d8' lw 0.5
set key below maxcols 2 samplen 3.5 spacing 1.1
set xlabel 'latency (s)'."\n "
set ylabel 'fraction of queries'
set logscale x
set xrange [0.24943747511328226:88.27442167737428]
set yrange [0.0:1.0]
set xtics ('1' 1.0, '10' 10.0)
set ytics ('0' 0.0, '0.2' 0.2, '0.4' 0.4, '0.6' 0.6000000000000001, '0.8' 0.8, '1' 1.0)
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,335
set output 'latency_cdf-qosdiff-paper-look-alike.svg'
plot 'latency_cdf-qosdiff-paper-look-alike.dat' index 'band 0' using 1:2 with filledcurves closed fc rgb '#000000' fs transparent solid 0.18 noborder notitle, \
  'latency_cdf-qosdiff-paper-look-alike.dat' index 'band 1' using 1:2 with filledcurves closed fc rgb '#0072b2' fs transparent solid 0.18 noborder notitle, \
  'latency_cdf-qosdiff-paper-look-alike.dat' index 'band 2' using 1:2 with filledcurves closed fc rgb '#d55e00' fs transparent solid 0.18 noborder notitle, \
  'latency_cdf-qosdiff-paper-look-alike.dat' index 'series 0' using 1:2 with lines lc rgb '#000000' lw 1.5 dt solid title 'baseline', \
  'latency_cdf-qosdiff-paper-look-alike.dat' index 'series 1' using 1:2 with lines lc rgb '#0072b2' lw 1.5 dt (8,3) title 'qos-diff', \
  'latency_cdf-qosdiff-paper-look-alike.dat' index 'series 2' using 1:2 with lines lc rgb '#d55e00' lw 1.5 dt (2,2) title 'without-finish'
unset output

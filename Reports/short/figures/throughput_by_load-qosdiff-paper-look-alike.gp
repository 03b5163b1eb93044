# Sustained throughput against load: look-alike. qosdiff-paper, look-alike, SLO scale 3. Completions in the last 80 % of the arrivals' span. Bands and bars: 95 % intervals over replications.
# Run here: gnuplot throughput_by_load-qosdiff-paper-look-alike.gp
# qosdiff replaces this file while this line is in it.
set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale 0.5
set grid lc rgb '#d8d8d8' lw 0.5
set key below maxcols 2 samplen 3.5 spacing 1.1
set xlabel 'load (fraction of the baseline''s capacity)'."\n "
set ylabel 'throughput (query/s)'
set xrange [0.47:1.53]
set yrange [0.0:4.936350884808269]
set xtics ('0.6' 0.6000000000000001, '0.8' 0.8, '1' 1.0, '1.2' 1.2000000000000002, '1.4' 1.4000000000000001)
set ytics ('0' 0.0, '1' 1.0, '2' 2.0, '3' 3.0, '4' 4.0)
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,335
set output 'throughput_by_load-qosdiff-paper-look-alike.svg'
plot 'throughput_by_load-qosdiff-paper-look-alike.dat' index 'band 0' using 1:2 with filledcurves closed fc rgb '#000000' fs transparent solid 0.18 noborder notitle, \
  'throughput_by_load-qosdiff-paper-look-alike.dat' index 'band 1' using 1:2 with filledcurves closed fc rgb '#0072b2' fs transparent solid 0.18 noborder notitle, \
  'throughput_by_load-qosdiff-paper-look-alike.dat' index 'band 2' using 1:2 with filledcurves closed fc rgb '#d55e00' fs transparent solid 0.18 noborder notitle, \
  'throughput_by_load-qosdiff-paper-look-alike.dat' index 'series 0' using 1:2 with linespoints lc rgb '#000000' lw 1.5 dt solid pt 7 ps 0.5 title 'baseline', \
  'throughput_by_load-qosdiff-paper-look-alike.dat' index 'series 1' using 1:2 with linespoints lc rgb '#0072b2' lw 1.5 dt (8,3) pt 5 ps 0.5 title 'qos-diff', \
  'throughput_by_load-qosdiff-paper-look-alike.dat' index 'series 2' using 1:2 with linespoints lc rgb '#d55e00' lw 1.5 dt (2,2) pt 9 ps 0.5 title 'without-finish'
unset output

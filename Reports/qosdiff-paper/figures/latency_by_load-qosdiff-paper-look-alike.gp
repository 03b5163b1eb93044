# Mean latency against load: look-alike. qosdiff-paper, look-alike, SLO scale 3. Loads under which a policy's queue grows through the run are left out. Bands and bars: 95 % intervals over replications. Not drawn: pipelining-alone, without-steps, without-finish, without-dispatcher, without-pipelining (in the CSV).
# Run here: gnuplot latency_by_load-qosdiff-paper-look-alike.gp
# qosdiff replaces this file while this line is in it.
set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale 0.5
set grid lc rgb '#d8d8d8' lw 0.5
set key below maxcols 2 samplen 3.5 spacing 1.1
set xlabel 'load (fraction of the baseline''s capacity)'."\n "
set ylabel 'mean latency (s)'
set logscale y
set xrange [0.161:1.539]
set yrange [1.3026195225077857:10.494251719855422]
set xtics ('0.5' 0.5, '1' 1.0, '1.5' 1.5)
set ytics ('2' 2.0, '5' 5.0, '10' 10.0)
set terminal pdfcairo noenhanced color font 'Sans,7' size 8.5cm,7.40cm
set output 'latency_by_load-qosdiff-paper-look-alike.pdf'
plot 'latency_by_load-qosdiff-paper-look-alike.dat' index 'band 0' using 1:2 with filledcurves closed fc rgb '#000000' fs transparent solid 0.18 noborder notitle, \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'band 1' using 1:2 with filledcurves closed fc rgb '#0072b2' fs transparent solid 0.18 noborder notitle, \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'band 2' using 1:2 with filledcurves closed fc rgb '#d55e00' fs transparent solid 0.18 noborder notitle, \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'band 3' using 1:2 with filledcurves closed fc rgb '#009e73' fs transparent solid 0.18 noborder notitle, \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'band 4' using 1:2 with filledcurves closed fc rgb '#cc79a7' fs transparent solid 0.18 noborder notitle, \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'band 5' using 1:2 with filledcurves closed fc rgb '#56b4e9' fs transparent solid 0.18 noborder notitle, \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'band 6' using 1:2 with filledcurves closed fc rgb '#e69f00' fs transparent solid 0.18 noborder notitle, \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'series 0' using 1:2 with linespoints lc rgb '#000000' lw 1.5 dt solid pt 7 ps 0.5 title 'baseline', \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'series 1' using 1:2 with linespoints lc rgb '#0072b2' lw 1.5 dt (8,3) pt 5 ps 0.5 title 'qos-diff', \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'series 2' using 1:2 with linespoints lc rgb '#d55e00' lw 1.5 dt (2,2) pt 9 ps 0.5 title 'qos-diff-probe', \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'series 3' using 1:2 with linespoints lc rgb '#009e73' lw 1.5 dt (8,3,2,3) pt 11 ps 0.5 title 'qos-diff-kept', \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'series 4' using 1:2 with linespoints lc rgb '#cc79a7' lw 1.5 dt (12,4) pt 13 ps 0.5 title 'steps-alone', \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'series 5' using 1:2 with linespoints lc rgb '#56b4e9' lw 1.5 dt (4,2) pt 4 ps 0.5 title 'finish-alone', \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'series 6' using 1:2 with linespoints lc rgb '#e69f00' lw 1.5 dt (2,4) pt 6 ps 0.5 title 'dispatcher-alone'
unset output
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,370
set output 'latency_by_load-qosdiff-paper-look-alike.svg'
plot 'latency_by_load-qosdiff-paper-look-alike.dat' index 'band 0' using 1:2 with filledcurves closed fc rgb '#000000' fs transparent solid 0.18 noborder notitle, \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'band 1' using 1:2 with filledcurves closed fc rgb '#0072b2' fs transparent solid 0.18 noborder notitle, \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'band 2' using 1:2 with filledcurves closed fc rgb '#d55e00' fs transparent solid 0.18 noborder notitle, \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'band 3' using 1:2 with filledcurves closed fc rgb '#009e73' fs transparent solid 0.18 noborder notitle, \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'band 4' using 1:2 with filledcurves closed fc rgb '#cc79a7' fs transparent solid 0.18 noborder notitle, \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'band 5' using 1:2 with filledcurves closed fc rgb '#56b4e9' fs transparent solid 0.18 noborder notitle, \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'band 6' using 1:2 with filledcurves closed fc rgb '#e69f00' fs transparent solid 0.18 noborder notitle, \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'series 0' using 1:2 with linespoints lc rgb '#000000' lw 1.5 dt solid pt 7 ps 0.5 title 'baseline', \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'series 1' using 1:2 with linespoints lc rgb '#0072b2' lw 1.5 dt (8,3) pt 5 ps 0.5 title 'qos-diff', \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'series 2' using 1:2 with linespoints lc rgb '#d55e00' lw 1.5 dt (2,2) pt 9 ps 0.5 title 'qos-diff-probe', \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'series 3' using 1:2 with linespoints lc rgb '#009e73' lw 1.5 dt (8,3,2,3) pt 11 ps 0.5 title 'qos-diff-kept', \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'series 4' using 1:2 with linespoints lc rgb '#cc79a7' lw 1.5 dt (12,4) pt 13 ps 0.5 title 'steps-alone', \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'series 5' using 1:2 with linespoints lc rgb '#56b4e9' lw 1.5 dt (4,2) pt 4 ps 0.5 title 'finish-alone', \
  'latency_by_load-qosdiff-paper-look-alike.dat' index 'series 6' using 1:2 with linespoints lc rgb '#e69f00' lw 1.5 dt (2,4) pt 6 ps 0.5 title 'dispatcher-alone'
unset output

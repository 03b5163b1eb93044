# SLO violations against load: poisson. qosdiff-paper, poisson, SLO scale 3. Open triangles at the lower edge: no violation in any replication. Where a queue grows, violations depend on the run's length: baseline (load 1.2, 1.5), finish-alone (load 1.2, 1.5), dispatcher-alone (load 1.2, 1.5), pipelining-alone (load 1.2, 1.5), without-steps (load 1.2, 1.5), qos-diff-kept (load 1.5). Bands and bars: 95 % intervals over replications. Not drawn: pipelining-alone, without-steps, without-finish, without-dispatcher, without-pipelining (in the CSV).
# Run here: gnuplot violations_by_load-qosdiff-paper-poisson.gp
# qosdiff replaces this file while this line is in it.
set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale 0.5
set grid lc rgb '#d8d8d8' lw 0.5
set key below maxcols 2 samplen 3.5 spacing 1.1
set xlabel 'load (fraction of the baseline''s capacity)'."\n "
set ylabel 'SLO violation ratio (open: none seen)'
set logscale y
set xrange [0.161:1.539]
set yrange [0.004955303790667886:1.2264536580697483]
set xtics ('0.5' 0.5, '1' 1.0, '1.5' 1.5)
set ytics ('0.01' 0.01, '0.1' 0.1, '1' 1.0)
set terminal pdfcairo noenhanced color font 'Sans,7' size 8.5cm,7.40cm
set output 'violations_by_load-qosdiff-paper-poisson.pdf'
plot 'violations_by_load-qosdiff-paper-poisson.dat' index 'band 0' using 1:2 with filledcurves closed fc rgb '#000000' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'band 3' using 1:2 with filledcurves closed fc rgb '#009e73' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'band 5' using 1:2 with filledcurves closed fc rgb '#56b4e9' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'band 6' using 1:2 with filledcurves closed fc rgb '#e69f00' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 0' using 1:2 with points lc rgb '#000000' pt 10 ps 0.7 notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 0' using 1:2 with linespoints lc rgb '#000000' lw 1.5 dt solid pt 7 ps 0.5 title 'baseline', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 1' using 1:2 with points lc rgb '#0072b2' pt 10 ps 0.7 title 'qos-diff', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 2' using 1:2 with points lc rgb '#d55e00' pt 10 ps 0.7 title 'qos-diff-probe', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 3' using 1:2 with points lc rgb '#009e73' pt 10 ps 0.7 notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 3' using 1:2 with linespoints lc rgb '#009e73' lw 1.5 dt (8,3,2,3) pt 11 ps 0.5 title 'qos-diff-kept', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 4' using 1:2 with points lc rgb '#cc79a7' pt 10 ps 0.7 title 'steps-alone', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 5' using 1:2 with points lc rgb '#56b4e9' pt 10 ps 0.7 notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 5' using 1:2 with linespoints lc rgb '#56b4e9' lw 1.5 dt (4,2) pt 4 ps 0.5 title 'finish-alone', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 6' using 1:2 with points lc rgb '#e69f00' pt 10 ps 0.7 notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 6' using 1:2 with linespoints lc rgb '#e69f00' lw 1.5 dt (2,4) pt 6 ps 0.5 title 'dispatcher-alone'
unset output
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,370
set output 'violations_by_load-qosdiff-paper-poisson.svg'
plot 'violations_by_load-qosdiff-paper-poisson.dat' index 'band 0' using 1:2 with filledcurves closed fc rgb '#000000' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'band 3' using 1:2 with filledcurves closed fc rgb '#009e73' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'band 5' using 1:2 with filledcurves closed fc rgb '#56b4e9' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'band 6' using 1:2 with filledcurves closed fc rgb '#e69f00' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 0' using 1:2 with points lc rgb '#000000' pt 10 ps 0.7 notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 0' using 1:2 with linespoints lc rgb '#000000' lw 1.5 dt solid pt 7 ps 0.5 title 'baseline', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 1' using 1:2 with points lc rgb '#0072b2' pt 10 ps 0.7 title 'qos-diff', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 2' using 1:2 with points lc rgb '#d55e00' pt 10 ps 0.7 title 'qos-diff-probe', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 3' using 1:2 with points lc rgb '#009e73' pt 10 ps 0.7 notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 3' using 1:2 with linespoints lc rgb '#009e73' lw 1.5 dt (8,3,2,3) pt 11 ps 0.5 title 'qos-diff-kept', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 4' using 1:2 with points lc rgb '#cc79a7' pt 10 ps 0.7 title 'steps-alone', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 5' using 1:2 with points lc rgb '#56b4e9' pt 10 ps 0.7 notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 5' using 1:2 with linespoints lc rgb '#56b4e9' lw 1.5 dt (4,2) pt 4 ps 0.5 title 'finish-alone', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 6' using 1:2 with points lc rgb '#e69f00' pt 10 ps 0.7 notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 6' using 1:2 with linespoints lc rgb '#e69f00' lw 1.5 dt (2,4) pt 6 ps 0.5 title 'dispatcher-alone'
unset output

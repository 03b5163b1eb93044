# SLO violations against load: poisson. qosdiff-paper, poisson, SLO scale 3. Open triangles at the lower edge: no violation in any replication. Where a queue grows, violations depend on the run's length: baseline (load 1.5). Bands and bars: 95 % intervals over replications.
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
set xrange [0.47:1.53]
set yrange [0.006599313899335991:1.213012933027813]
set xtics ('0.6' 0.6000000000000001, '0.8' 0.8, '1' 1.0, '1.2' 1.2000000000000002, '1.4' 1.4000000000000001)
set ytics ('0.01' 0.01, '0.02' 0.02, '0.05' 0.05, '0.1' 0.1, '0.2' 0.2, '0.5' 0.5, '1' 1.0)
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,335
set output 'violations_by_load-qosdiff-paper-poisson.svg'
plot 'violations_by_load-qosdiff-paper-poisson.dat' index 'band 0' using 1:2 with filledcurves closed fc rgb '#000000' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 0' using 1:2 with points lc rgb '#000000' pt 10 ps 0.7 notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 0' using 1:2 with linespoints lc rgb '#000000' lw 1.5 dt solid pt 7 ps 0.5 title 'baseline', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 1' using 1:2 with points lc rgb '#0072b2' pt 10 ps 0.7 title 'qos-diff', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'zero 2' using 1:2 with points lc rgb '#d55e00' pt 10 ps 0.7 title 'without-finish'
unset output

# SLO violations against load: poisson. qosdiff-paper, poisson, SLO scale 3. Policies without any violation are not drawn there. Bands and bars: 95 % intervals over replications. Not drawn: pipelining-alone, without-steps, without-finish, without-dispatcher, without-pipelining (in the CSV).
# Run here: gnuplot violations_by_load-qosdiff-paper-poisson.gp
set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale 0.5
set grid lc rgb '#d8d8d8' lw 0.5
set key below maxcols 2 samplen 3.5 spacing 1.1
set xlabel 'load (fraction of the baseline''s capacity)'."\n "
set ylabel 'SLO violation ratio'
set logscale y
set xrange [0.779:1.521]
set yrange [0.008852238596478448:1.1993874376256004]
set xtics ('0.8' 0.8, '1' 1.0, '1.2' 1.2000000000000002, '1.4' 1.4000000000000001)
set ytics ('0.01' 0.01, '0.02' 0.02, '0.05' 0.05, '0.1' 0.1, '0.2' 0.2, '0.5' 0.5, '1' 1.0)
set terminal pdfcairo noenhanced color font 'Sans,7' size 8.5cm,6.70cm
set output 'violations_by_load-qosdiff-paper-poisson.pdf'
plot 'violations_by_load-qosdiff-paper-poisson.dat' index 'band 0' using 1:2 with filledcurves closed fc rgb '#000000' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'band 1' using 1:2 with filledcurves closed fc rgb '#009e73' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'band 2' using 1:2 with filledcurves closed fc rgb '#56b4e9' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'band 3' using 1:2 with filledcurves closed fc rgb '#e69f00' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 0' using 1:2 with linespoints lc rgb '#000000' lw 1.5 dt solid pt 7 ps 0.5 title 'baseline', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 1' using 1:2 with linespoints lc rgb '#009e73' lw 1.5 dt (8,3,2,3) pt 11 ps 0.5 title 'qos-diff-kept', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 2' using 1:2 with linespoints lc rgb '#56b4e9' lw 1.5 dt (4,2) pt 4 ps 0.5 title 'finish-alone', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 3' using 1:2 with linespoints lc rgb '#e69f00' lw 1.5 dt (2,4) pt 6 ps 0.5 title 'dispatcher-alone'
unset output
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,335
set output 'violations_by_load-qosdiff-paper-poisson.svg'
plot 'violations_by_load-qosdiff-paper-poisson.dat' index 'band 0' using 1:2 with filledcurves closed fc rgb '#000000' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'band 1' using 1:2 with filledcurves closed fc rgb '#009e73' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'band 2' using 1:2 with filledcurves closed fc rgb '#56b4e9' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'band 3' using 1:2 with filledcurves closed fc rgb '#e69f00' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 0' using 1:2 with linespoints lc rgb '#000000' lw 1.5 dt solid pt 7 ps 0.5 title 'baseline', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 1' using 1:2 with linespoints lc rgb '#009e73' lw 1.5 dt (8,3,2,3) pt 11 ps 0.5 title 'qos-diff-kept', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 2' using 1:2 with linespoints lc rgb '#56b4e9' lw 1.5 dt (4,2) pt 4 ps 0.5 title 'finish-alone', \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 3' using 1:2 with linespoints lc rgb '#e69f00' lw 1.5 dt (2,4) pt 6 ps 0.5 title 'dispatcher-alone'
unset output

# SLO violations against load: poisson. qosdiff-paper, poisson, SLO scale 3. Policies without any violation are not drawn there. Bands and bars: 95 % intervals over replications.
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
set yrange [0.04585370865711343:1.1258631310728506]
set xtics ('0.8' 0.8, '1' 1.0, '1.2' 1.2000000000000002, '1.4' 1.4000000000000001)
set ytics ('0.05' 0.05, '0.1' 0.1, '0.2' 0.2, '0.5' 0.5, '1' 1.0)
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,317
set output 'violations_by_load-qosdiff-paper-poisson.svg'
plot 'violations_by_load-qosdiff-paper-poisson.dat' index 'band 0' using 1:2 with filledcurves closed fc rgb '#000000' fs transparent solid 0.18 noborder notitle, \
  'violations_by_load-qosdiff-paper-poisson.dat' index 'series 0' using 1:2 with linespoints lc rgb '#000000' lw 1.5 dt solid pt 7 ps 0.5 title 'baseline'
unset output

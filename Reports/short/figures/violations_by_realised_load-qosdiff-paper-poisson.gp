# SLO violations against the load of each replication: poisson. qosdiff-paper, poisson, load 0.8, SLO scale 3. A mark for each replication: queries from the first arrival to the last, over what the baseline could serve of them.
# Run here: gnuplot violations_by_realised_load-qosdiff-paper-poisson.gp
# qosdiff replaces this file while this line is in it.
set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale 0.5
set grid lc rgb '#d8d8d8' lw 0.5
set key below maxcols 2 samplen 3.5 spacing 1.1
set xlabel 'load realised (fraction of the baseline''s capacity)'."\n "
set ylabel 'SLO violation ratio'
set xrange [0.7892096569301682:0.819907167123034]
set yrange [0.0:0.06643500000000001]
set xtics ('0.79' 0.79, '0.8' 0.8, '0.81' 0.81)
set ytics ('0' 0.0, '0.02' 0.02, '0.04' 0.04, '0.06' 0.06)
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,335
set output 'violations_by_realised_load-qosdiff-paper-poisson.svg'
plot 'violations_by_realised_load-qosdiff-paper-poisson.dat' index 'series 0' using 1:2:5:6:3:4 with xyerrorbars lc rgb '#000000' lw 1.5 pt 7 ps 0.5 title 'baseline', \
  'violations_by_realised_load-qosdiff-paper-poisson.dat' index 'series 1' using 1:2:5:6:3:4 with xyerrorbars lc rgb '#0072b2' lw 1.5 pt 5 ps 0.5 title 'qos-diff', \
  'violations_by_realised_load-qosdiff-paper-poisson.dat' index 'series 2' using 1:2:5:6:3:4 with xyerrorbars lc rgb '#d55e00' lw 1.5 pt 9 ps 0.5 title 'without-finish'
unset output

# Queue over time: poisson. qosdiff-paper, poisson, load 0.8, SLO scale 3. First replication, any warm-up included; means over intervals of equal length.
# Run here: gnuplot queue_over_time-qosdiff-paper-poisson.gp
# qosdiff replaces this file while this line is in it.
set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale 0.5
set grid lc rgb '#d8d8d8' lw 0.5
set key below maxcols 2 samplen 3.5 spacing 1.1
set xlabel 'time (s)'."\n "
set ylabel 'queries waiting'
set xrange [0.0:734.3627397022451]
set yrange [0.0:20.28777655414551]
set xtics ('0' 0.0, '200' 200.0, '400' 400.0, '600' 600.0)
set ytics ('0' 0.0, '5' 5.0, '10' 10.0, '15' 15.0, '20' 20.0)
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,335
set output 'queue_over_time-qosdiff-paper-poisson.svg'
plot 'queue_over_time-qosdiff-paper-poisson.dat' index 'series 0' using 1:2 with lines lc rgb '#000000' lw 1.5 dt solid title 'baseline', \
  'queue_over_time-qosdiff-paper-poisson.dat' index 'series 1' using 1:2 with lines lc rgb '#0072b2' lw 1.5 dt (8,3) title 'qos-diff', \
  'queue_over_time-qosdiff-paper-poisson.dat' index 'series 2' using 1:2 with lines lc rgb '#d55e00' lw 1.5 dt (2,2) title 'without-finish'
unset output

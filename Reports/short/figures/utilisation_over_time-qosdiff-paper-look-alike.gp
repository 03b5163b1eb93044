# Utilisation over time: look-alike. qosdiff-paper, look-alike, load 0.8, SLO scale 3. First replication, any warm-up included; means over intervals of equal length.
# Run here: gnuplot utilisation_over_time-qosdiff-paper-look-alike.gp
# qosdiff replaces this file while this line is in it.
set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale 0.5
set grid lc rgb '#d8d8d8' lw 0.5
set key below maxcols 2 samplen 3.5 spacing 1.1
set xlabel 'time (s)'."\n "
set ylabel 'utilisation of installed accelerators'
set xrange [0.0:7205.20430447996]
set yrange [0.0:1.0]
set xtics ('0' 0.0, '2000' 2000.0, '4000' 4000.0, '6000' 6000.0)
set ytics ('0' 0.0, '0.2' 0.2, '0.4' 0.4, '0.6' 0.6000000000000001, '0.8' 0.8, '1' 1.0)
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,335
set output 'utilisation_over_time-qosdiff-paper-look-alike.svg'
plot 'utilisation_over_time-qosdiff-paper-look-alike.dat' index 'series 0' using 1:2 with lines lc rgb '#000000' lw 1.5 dt solid title 'baseline', \
  'utilisation_over_time-qosdiff-paper-look-alike.dat' index 'series 1' using 1:2 with lines lc rgb '#0072b2' lw 1.5 dt (8,3) title 'qos-diff', \
  'utilisation_over_time-qosdiff-paper-look-alike.dat' index 'series 2' using 1:2 with lines lc rgb '#d55e00' lw 1.5 dt (2,2) title 'without-finish'
unset output

# Quality against latency: poisson. qosdiff-paper, poisson, load 0.8, SLO scale 3. Convergence is -log10 of the latent error, higher is better. Bands and bars: 95 % intervals over replications.
# Run here: gnuplot quality_by_latency-qosdiff-paper-poisson.gp
# qosdiff replaces this file while this line is in it.
set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale 0.5
set grid lc rgb '#d8d8d8' lw 0.5
set key below maxcols 2 samplen 3.5 spacing 1.1
set xlabel 'mean latency (s)'."\n "
set ylabel 'convergence, mean'
set logscale x
set xrange [1.4234902539354979:6.721794140088091]
set yrange [0.19314091581813947:1.2820646990307256]
set xtics ('2' 2.0, '5' 5.0)
set ytics ('0.2' 0.2, '0.4' 0.4, '0.6' 0.6000000000000001, '0.8' 0.8, '1' 1.0, '1.2' 1.2000000000000002)
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,335
set output 'quality_by_latency-qosdiff-paper-poisson.svg'
plot 'quality_by_latency-qosdiff-paper-poisson.dat' index 'series 0' using 1:2:5:6:3:4 with xyerrorbars lc rgb '#000000' lw 1.5 pt 7 ps 0.5 title 'baseline', \
  'quality_by_latency-qosdiff-paper-poisson.dat' index 'series 1' using 1:2:5:6:3:4 with xyerrorbars lc rgb '#0072b2' lw 1.5 pt 5 ps 0.5 title 'qos-diff', \
  'quality_by_latency-qosdiff-paper-poisson.dat' index 'series 2' using 1:2:5:6:3:4 with xyerrorbars lc rgb '#d55e00' lw 1.5 pt 9 ps 0.5 title 'without-finish'
unset output

# Quality against latency: look-alike. qosdiff-paper, look-alike, load 0.8, SLO scale 3. Convergence is -log10 of the latent error, higher is better. Bands and bars: 95 % intervals over replications.
# Run here: gnuplot quality_by_latency-qosdiff-paper-look-alike.gp
# qosdiff replaces this file while this line is in it.
set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale 0.5
set grid lc rgb '#d8d8d8' lw 0.5
set key below maxcols 2 samplen 3.5 spacing 1.1
set xlabel 'mean latency (s)'."\n "
set ylabel 'convergence, mean'
set logscale x
set xrange [1.5547442850640287:11.916126888311108]
set yrange [0.2337721566934203:1.2659470530430204]
set xtics ('2' 2.0, '5' 5.0, '10' 10.0)
set ytics ('0.4' 0.4, '0.6' 0.6000000000000001, '0.8' 0.8, '1' 1.0, '1.2' 1.2000000000000002)
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,335
set output 'quality_by_latency-qosdiff-paper-look-alike.svg'
plot 'quality_by_latency-qosdiff-paper-look-alike.dat' index 'series 0' using 1:2:5:6:3:4 with xyerrorbars lc rgb '#000000' lw 1.5 pt 7 ps 0.5 title 'baseline', \
  'quality_by_latency-qosdiff-paper-look-alike.dat' index 'series 1' using 1:2:5:6:3:4 with xyerrorbars lc rgb '#0072b2' lw 1.5 pt 5 ps 0.5 title 'qos-diff', \
  'quality_by_latency-qosdiff-paper-look-alike.dat' index 'series 2' using 1:2:5:6:3:4 with xyerrorbars lc rgb '#d55e00' lw 1.5 pt 9 ps 0.5 title 'without-finish'
unset output

# SLO attainment against SLO scale: look-alike. qosdiff-paper, look-alike, load 0.8. Bands and bars: 95 % intervals over replications.
# Run here: gnuplot attainment_by_slo_scale-qosdiff-paper-look-alike.gp
# qosdiff replaces this file while this line is in it.
set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale 0.5
set grid lc rgb '#d8d8d8' lw 0.5
set key below maxcols 2 samplen 3.5 spacing 1.1
set xlabel 'SLO (multiple of standalone latency)'."\n "
set ylabel 'SLO attainment'
set xrange [1.97:3.03]
set yrange [0.4557613583182416:1.0158516109227698]
set xtics ('2' 2.0, '2.2' 2.2, '2.4' 2.4000000000000004, '2.6' 2.6, '2.8' 2.8000000000000003, '3' 3.0)
set ytics ('0.5' 0.5, '0.6' 0.6000000000000001, '0.7' 0.7000000000000001, '0.8' 0.8, '0.9' 0.9, '1' 1.0)
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,335
set output 'attainment_by_slo_scale-qosdiff-paper-look-alike.svg'
plot 'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'band 0' using 1:2 with filledcurves closed fc rgb '#000000' fs transparent solid 0.18 noborder notitle, \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'band 1' using 1:2 with filledcurves closed fc rgb '#0072b2' fs transparent solid 0.18 noborder notitle, \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'band 2' using 1:2 with filledcurves closed fc rgb '#d55e00' fs transparent solid 0.18 noborder notitle, \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 0' using 1:2 with linespoints lc rgb '#000000' lw 1.5 dt solid pt 7 ps 0.5 title 'baseline', \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 1' using 1:2 with linespoints lc rgb '#0072b2' lw 1.5 dt (8,3) pt 5 ps 0.5 title 'qos-diff', \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 2' using 1:2 with linespoints lc rgb '#d55e00' lw 1.5 dt (2,2) pt 9 ps 0.5 title 'without-finish'
unset output

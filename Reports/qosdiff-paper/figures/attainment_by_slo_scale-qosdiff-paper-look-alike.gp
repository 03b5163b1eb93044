# SLO attainment against SLO scale: look-alike. qosdiff-paper, look-alike, load 0.8. Bands and bars: 95 % intervals over replications. Not drawn: pipelining-alone, without-steps, without-finish, without-dispatcher, without-pipelining (in the CSV).
# Run here: gnuplot attainment_by_slo_scale-qosdiff-paper-look-alike.gp
# qosdiff replaces this file while this line is in it.
set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale 0.5
set grid lc rgb '#d8d8d8' lw 0.5
set key below maxcols 2 samplen 3.5 spacing 1.1
set xlabel 'SLO (multiple of standalone latency)'."\n "
set ylabel 'SLO attainment'
set xrange [1.395:5.105]
set yrange [0.3132410661156411:1.0200026873946901]
set xtics ('2' 2.0, '3' 3.0, '4' 4.0, '5' 5.0)
set ytics ('0.4' 0.4, '0.6' 0.6000000000000001, '0.8' 0.8, '1' 1.0)
set terminal pdfcairo noenhanced color font 'Sans,7' size 8.5cm,7.40cm
set output 'attainment_by_slo_scale-qosdiff-paper-look-alike.pdf'
plot 'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'band 0' using 1:2 with filledcurves closed fc rgb '#000000' fs transparent solid 0.18 noborder notitle, \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'band 1' using 1:2 with filledcurves closed fc rgb '#0072b2' fs transparent solid 0.18 noborder notitle, \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'band 3' using 1:2 with filledcurves closed fc rgb '#009e73' fs transparent solid 0.18 noborder notitle, \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'band 4' using 1:2 with filledcurves closed fc rgb '#cc79a7' fs transparent solid 0.18 noborder notitle, \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'band 5' using 1:2 with filledcurves closed fc rgb '#56b4e9' fs transparent solid 0.18 noborder notitle, \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'band 6' using 1:2 with filledcurves closed fc rgb '#e69f00' fs transparent solid 0.18 noborder notitle, \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 0' using 1:2 with linespoints lc rgb '#000000' lw 1.5 dt solid pt 7 ps 0.5 title 'baseline', \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 1' using 1:2 with linespoints lc rgb '#0072b2' lw 1.5 dt (8,3) pt 5 ps 0.5 title 'qos-diff', \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 2' using 1:2 with linespoints lc rgb '#d55e00' lw 1.5 dt (2,2) pt 9 ps 0.5 title 'qos-diff-probe', \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 3' using 1:2 with linespoints lc rgb '#009e73' lw 1.5 dt (8,3,2,3) pt 11 ps 0.5 title 'qos-diff-kept', \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 4' using 1:2 with linespoints lc rgb '#cc79a7' lw 1.5 dt (12,4) pt 13 ps 0.5 title 'steps-alone', \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 5' using 1:2 with linespoints lc rgb '#56b4e9' lw 1.5 dt (4,2) pt 4 ps 0.5 title 'finish-alone', \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 6' using 1:2 with linespoints lc rgb '#e69f00' lw 1.5 dt (2,4) pt 6 ps 0.5 title 'dispatcher-alone'
unset output
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,370
set output 'attainment_by_slo_scale-qosdiff-paper-look-alike.svg'
plot 'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'band 0' using 1:2 with filledcurves closed fc rgb '#000000' fs transparent solid 0.18 noborder notitle, \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'band 1' using 1:2 with filledcurves closed fc rgb '#0072b2' fs transparent solid 0.18 noborder notitle, \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'band 3' using 1:2 with filledcurves closed fc rgb '#009e73' fs transparent solid 0.18 noborder notitle, \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'band 4' using 1:2 with filledcurves closed fc rgb '#cc79a7' fs transparent solid 0.18 noborder notitle, \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'band 5' using 1:2 with filledcurves closed fc rgb '#56b4e9' fs transparent solid 0.18 noborder notitle, \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'band 6' using 1:2 with filledcurves closed fc rgb '#e69f00' fs transparent solid 0.18 noborder notitle, \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 0' using 1:2 with linespoints lc rgb '#000000' lw 1.5 dt solid pt 7 ps 0.5 title 'baseline', \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 1' using 1:2 with linespoints lc rgb '#0072b2' lw 1.5 dt (8,3) pt 5 ps 0.5 title 'qos-diff', \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 2' using 1:2 with linespoints lc rgb '#d55e00' lw 1.5 dt (2,2) pt 9 ps 0.5 title 'qos-diff-probe', \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 3' using 1:2 with linespoints lc rgb '#009e73' lw 1.5 dt (8,3,2,3) pt 11 ps 0.5 title 'qos-diff-kept', \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 4' using 1:2 with linespoints lc rgb '#cc79a7' lw 1.5 dt (12,4) pt 13 ps 0.5 title 'steps-alone', \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 5' using 1:2 with linespoints lc rgb '#56b4e9' lw 1.5 dt (4,2) pt 4 ps 0.5 title 'finish-alone', \
  'attainment_by_slo_scale-qosdiff-paper-look-alike.dat' index 'series 6' using 1:2 with linespoints lc rgb '#e69f00' lw 1.5 dt (2,4) pt 6 ps 0.5 title 'dispatcher-alone'
unset output

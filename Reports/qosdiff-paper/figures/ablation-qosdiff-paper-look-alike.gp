# What each change is worth: look-alike. qosdiff-paper, look-alike, load 0.8, SLO scale 3. Ratio to the policy that each extends, paired over replications; below 1 is better. Ratios of none, to none or of growing queues are left out. Bands and bars: 95 % intervals over replications.
# Run here: gnuplot ablation-qosdiff-paper-look-alike.gp
# qosdiff replaces this file while this line is in it.
set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale 0.5
set grid lc rgb '#d8d8d8' lw 0.5
set key below maxcols 2 samplen 3.5 spacing 1.1
set xlabel 'ratio to the policy it extends'."\n "
set ylabel ''
set logscale x
set xrange [0.00013683595235824058:4.291543316974823]
set yrange [0.5:11.5]
set xtics ('0.001' 0.001, '0.01' 0.01, '0.1' 0.1, '1' 1.0)
set ytics ('qos-diff / baseline' 11, 'steps-alone / baseline' 10, 'finish-alone / baseline' 9, 'dispatcher-alone / baseline' 8, 'pipelining-alone / baseline' 7, 'without-steps / qos-diff' 6, 'without-finish / qos-diff' 5, 'without-dispatcher / qos-diff' 4, 'without-pipelining / qos-diff' 3, 'qos-diff-probe / qos-diff' 2, 'qos-diff-kept / qos-diff' 1)
unset ylabel
set arrow from first 1, graph 0 to first 1, graph 1 nohead lc rgb '#404040'
set terminal pdfcairo noenhanced color font 'Sans,7' size 8.5cm,8.10cm
set output 'ablation-qosdiff-paper-look-alike.pdf'
plot 'ablation-qosdiff-paper-look-alike.dat' index 'series 0' using 1:2:5:6 with xerrorbars lc rgb '#000000' lw 1.5 pt 7 ps 0.5 title 'mean latency', \
  'ablation-qosdiff-paper-look-alike.dat' index 'series 1' using 1:2:5:6 with xerrorbars lc rgb '#0072b2' lw 1.5 pt 5 ps 0.5 title 'SLO violations'
unset output
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,405
set output 'ablation-qosdiff-paper-look-alike.svg'
plot 'ablation-qosdiff-paper-look-alike.dat' index 'series 0' using 1:2:5:6 with xerrorbars lc rgb '#000000' lw 1.5 pt 7 ps 0.5 title 'mean latency', \
  'ablation-qosdiff-paper-look-alike.dat' index 'series 1' using 1:2:5:6 with xerrorbars lc rgb '#0072b2' lw 1.5 pt 5 ps 0.5 title 'SLO violations'
unset output

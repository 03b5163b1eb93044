# What each change is worth: poisson. qosdiff-paper, poisson, load 0.8, SLO scale 3. Ratio to the policy that each extends, paired over replications; below 1 is better. Ratios of none, to none or of growing queues are left out. Bands and bars: 95 % intervals over replications.
# Run here: gnuplot ablation-qosdiff-paper-poisson.gp
# qosdiff replaces this file while this line is in it.
set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale 0.5
set grid lc rgb '#d8d8d8' lw 0.5
set key below maxcols 2 samplen 3.5 spacing 1.1
set xlabel 'ratio to the policy it extends'."\n "
set ylabel ''
set logscale x
set xrange [0.2902066693208525:1.0487334019767818]
set yrange [0.5:2.5]
set xtics ('0.5' 0.5, '1' 1.0)
set ytics ('qos-diff / baseline' 2, 'without-finish / qos-diff' 1)
unset ylabel
set arrow from first 1, graph 0 to first 1, graph 1 nohead lc rgb '#404040'
set terminal svg noenhanced font 'Sans,11' background '#ffffff' size 425,180
set output 'ablation-qosdiff-paper-poisson.svg'
plot 'ablation-qosdiff-paper-poisson.dat' index 'series 0' using 1:2:5:6 with xerrorbars lc rgb '#000000' lw 1.5 pt 7 ps 0.5 title 'mean latency'
unset output

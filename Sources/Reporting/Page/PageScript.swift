/// The page's only script: sorting, filtering, and reading values out of figures. It makes no markup of data.
enum PageScript {
  /// Base64 of its SHA-256, which the page's content security policy names: no other script can run there.
  static let hash = "tNCe8oSakiLwp7/APlJ/u0a+hRS5xKghQilv5r3ofv4="

  static let text = #"""
    'use strict';
    (function () {
      function value(row, column) {
        var cell = row.cells[column];
        var number = cell.getAttribute('data-v');
        return number === null ? cell.textContent : number === '' ? null : Number(number);
      }
      document.querySelectorAll('table.sortable').forEach(function (table) {
        var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
        heads.forEach(function (head, column) {
          head.firstElementChild.addEventListener('click', function () {
            var down = head.getAttribute('aria-sort') === 'ascending';
            heads.forEach(function (other) { other.removeAttribute('aria-sort'); });
            head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
            var body = table.tBodies[0];
            var rows = Array.prototype.slice.call(body.rows);
            rows.sort(function (a, b) {
              var x = value(a, column), y = value(b, column);
              if (x === null || y === null) return (x === null) - (y === null);
              var order = x < y ? -1 : x > y ? 1 : 0;
              return down ? -order : order;
            });
            rows.forEach(function (row) { body.appendChild(row); });
          });
        });
      });
      var filters = Array.prototype.slice.call(document.querySelectorAll('select[data-column]'));
      var table = document.getElementById('comparison-table');
      function filter() {
        var shown = 0;
        var rows = Array.prototype.slice.call(table.tBodies[0].rows);
        rows.forEach(function (row) {
          var fits = filters.every(function (select) {
            return select.value === '' ||
              row.cells[Number(select.getAttribute('data-column'))].textContent === select.value;
          });
          row.hidden = !fits;
          if (fits) shown += 1;
        });
        document.getElementById('shown').textContent = shown + ' of ' + rows.length + ' rows';
      }
      filters.forEach(function (select) { select.addEventListener('change', filter); });
      if (filters.length) filter();
      window.addEventListener('beforeprint', function () {
        document.querySelectorAll('details').forEach(function (details) { details.open = true; });
      });
      document.querySelectorAll('figure > svg').forEach(function (svg) {
        var points = [];
        svg.querySelectorAll('polyline[data-t]').forEach(function (line) {
          var texts = line.getAttribute('data-t').split('\n');
          line.getAttribute('points').split(' ').forEach(function (pair, index) {
            var at = pair.split(',');
            points.push({ x: Number(at[0]), y: Number(at[1]), text: texts[index] });
          });
        });
        var cursor = svg.querySelector('.cursor');
        var readout = svg.parentNode.querySelector('.readout');
        var current = -1;
        function show(index) {
          current = index;
          cursor.setAttribute('cx', points[index].x);
          cursor.setAttribute('cy', points[index].y);
          readout.textContent = points[index].text;
        }
        function nearest(event) {
          var box = svg.getBoundingClientRect();
          var scale = svg.viewBox.baseVal.width / box.width;
          var x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
          var best = -1, least = Infinity;
          points.forEach(function (point, index) {
            var distance = Math.hypot(point.x - x, point.y - y);
            if (distance < least) { least = distance; best = index; }
          });
          if (best >= 0) show(best);
        }
        svg.addEventListener('pointermove', nearest);
        svg.addEventListener('pointerdown', nearest);
        svg.addEventListener('keydown', function (event) {
          var step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
          if (!step || !points.length) return;
          event.preventDefault();
          show((current + step + points.length) % points.length);
        });
      });
    })();
    """#
}

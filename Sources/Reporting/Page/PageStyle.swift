/// The page's style sheet: light and dark by the reader's own setting, wide and narrow, screen and paper.
enum PageStyle {
  static var text: String { rules.replacing("SERIES", with: series) }

  /// The colours of series, light and dark.
  private static var series: String {
    func colours(_ colour: (FigureStyle) -> String) -> String {
      FigureStyle.all.enumerated().map { "--s\($0):\(colour($1));" }.joined()
    }
    let classes = FigureStyle.all.indices.map {
      ".s\($0){stroke:var(--s\($0));--own:var(--s\($0))}"
    }.joined(separator: "\n")
    return """
      :root{\(colours(\.colour))}
      @media (prefers-color-scheme: dark){:root{\(colours(\.darkColour))}}
      @media print{:root{\(colours(\.colour))}}
      \(classes)
      """
  }

  private static let rules = """
    :root{color-scheme:light dark;--ground:#fff;--ink:#1c1c1c;--soft:#5b5b5b;--line:#d9d9d9;--panel:#f5f5f2;
    --warn:#fff4d6;--good:#00623f;--bad:#9c2f00}
    @media (prefers-color-scheme: dark){:root{--ground:#16181a;--ink:#e8e8e8;--soft:#a8adb2;--line:#3a3f44;
    --panel:#1f2225;--warn:#3a300f;--good:#5fd3a2;--bad:#ff9d70}}
    *{box-sizing:border-box}
    body{overflow-wrap:anywhere;margin:0 auto;max-width:76rem;padding:1rem;background:var(--ground);color:var(--ink);
    font:16px/1.5 system-ui,sans-serif}
    h1{font-size:1.6rem;margin:.2rem 0;overflow-wrap:anywhere}h2{font-size:1.25rem;margin:2rem 0 .6rem}
    h3{font-size:1rem;margin:0 0 .3rem}
    nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin-bottom:.6rem}a{color:inherit}
    :focus-visible{outline:3px solid #0072b2;outline-offset:2px}
    .soft,figcaption{color:var(--soft);font-size:.9rem}
    .warnings{background:var(--warn);padding:.6rem 1rem;border-radius:.4rem}
    .warnings ul{margin:.2rem 0;padding-left:1.2rem}
    .scroll{overflow:auto;max-height:75vh;border:1px solid var(--line);border-radius:.4rem}
    table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;width:100%}
    th,td{padding:.3rem .6rem;text-align:right;border-bottom:1px solid var(--line);vertical-align:top}
    td{white-space:nowrap}td.long{white-space:normal;text-align:left;min-width:14rem}
    th.text,td.text{text-align:left}td.text{white-space:normal;overflow-wrap:anywhere;min-width:6rem}
    thead th{position:sticky;top:0;background:var(--panel);z-index:1}
    th button{font:inherit;font-weight:600;color:inherit;background:none;border:0;padding:.2rem;cursor:pointer;
    text-align:inherit}
    th[aria-sort=ascending] button::after{content:" \\2191"}
    th[aria-sort=descending] button::after{content:" \\2193"}
    tr.baseline td{background:var(--panel)}
    .reached{color:var(--good);font-weight:600}.missed{color:var(--bad);font-weight:600}.unknown{font-weight:600}
    .filters{display:flex;flex-wrap:wrap;gap:.8rem;margin:.5rem 0;align-items:end}
    label{font-size:.9rem}select{font:inherit;display:block;color:inherit;background:var(--panel);
    border:1px solid var(--line);border-radius:.3rem;padding:.2rem;max-width:100%}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1.5rem}
    figure{margin:0;padding:.8rem;border:1px solid var(--line);border-radius:.4rem;min-width:0}
    figure>svg{width:100%;height:auto;display:block;touch-action:pan-y}
    svg text{fill:var(--ink);font-size:12px}svg .tick{fill:var(--soft)}
    .grid{stroke:var(--line);stroke-width:.7;fill:none}.axis{stroke:var(--soft);stroke-width:1;fill:none}
    .line,.bar{fill:none;stroke-width:1.8}.band{fill:var(--own);stroke:none;opacity:.18}
    .mark{fill:var(--own);stroke-width:1}.open{fill:var(--ground)}.hidden{visibility:hidden}
    .cursor{fill:none;stroke:var(--ink);stroke-width:2}
    .readout{display:block;min-height:3em;font-size:.9rem;font-variant-numeric:tabular-nums}
    .legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:.2rem 0;padding:0;font-size:.9rem}
    .legend svg{width:2.2em;height:.9em;vertical-align:middle;margin-right:.3em}
    pre{background:var(--panel);padding:.8rem;overflow:auto;font-size:.85rem;border-radius:.4rem}
    summary{cursor:pointer}
    SERIES
    @media print{body{max-width:none;padding:0;font-size:10pt}nav,.readout{display:none}
    .scroll{overflow:visible;max-height:none;border:0}figure{break-inside:avoid}
    @page{size:landscape}thead th{position:static}table{font-size:6.5pt}th,td,td.text{padding:.1rem .2rem;white-space:normal;
    min-width:0;overflow-wrap:anywhere}
    pre{white-space:pre-wrap}
    :root{--ground:#fff;--ink:#000;--soft:#444;--line:#ccc;--panel:#f2f2f2;--warn:#f6f6f6;--good:#000;--bad:#000}}
    """
}

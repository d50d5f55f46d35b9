// The style sheet of the evaluation report, for light and dark screens.
#pragma once

namespace magpie::batch {

inline constexpr const char* kReportStyle = R"css(
:root { color-scheme: light dark; --ink: #1c2024; --soft: #60646c; --line: #d9d9e0; --paper: #ffffff; --panel: #f6f7f9;
  --engine: #0b68cb; --baseline: #b5530a; --other: #9aa3af; --good: #18794e; --bad: #c62a2f; }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --soft: #a3a9b3; --line: #363a3f; --paper: #111315;
  --panel: #1a1d20; --engine: #70b8ff; --baseline: #ffa057; --other: #6b7480; --good: #3dd68c; --bad: #ff9592; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 24px 64px; max-width: 1180px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
h1 { font-size: 26px; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 40px 0 4px; }
h3 { font-size: 14px; margin: 0 0 8px; }
p { margin: 0 0 12px; max-width: 78ch; }
p.soft, .soft { color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 12px; margin: 20px 0 8px; }
.tile { background: var(--panel); border-radius: 8px; padding: 12px 14px; }
.tile b { display: block; font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.25; }
.tile span { color: var(--soft); font-size: 13px; display: block; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 16px; margin-top: 12px; }
.plot { border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px 8px; min-width: 0; }
.plot p { font-size: 13px; margin: 4px 0 6px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 13.5px; margin: 8px 0 4px; }
th, td { text-align: right; padding: 5px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; color: var(--soft); }
th:first-child, td:first-child { text-align: left; }
tr.engine td { font-weight: 600; }
tr.engine td:first-child { color: var(--engine); }
tr.baseline td:first-child { color: var(--baseline); }
td small { color: var(--soft); font-weight: 400; font-size: 12px; }
.up { color: var(--good); } .down { color: var(--bad); }
svg { width: 100%; height: auto; display: block; font-size: 12px; }
svg text { fill: var(--ink); }
svg .tick { fill: var(--soft); font-size: 11px; }
svg .axis { fill: var(--soft); }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .whisker { stroke: var(--ink); stroke-width: 1.2; }
svg .reference { stroke: var(--baseline); stroke-width: 1.2; stroke-dasharray: 4 3; }
svg .bar.engine, svg .dot.engine { fill: var(--engine); }
svg .bar.baseline, svg .dot.baseline { fill: var(--baseline); }
svg .bar.other, svg .dot.other { fill: var(--other); }
svg .dot { fill-opacity: 0.85; }
svg .curve { fill: none; stroke: var(--other); stroke-width: 1.6; }
svg .curve.engine { stroke: var(--engine); stroke-width: 2.6; }
svg .curve.baseline { stroke: var(--baseline); stroke-width: 2; stroke-dasharray: 6 3; }
svg .label.engine { fill: var(--engine); font-weight: 600; }
svg .label.baseline { fill: var(--baseline); font-weight: 600; }
svg .value.engine { font-weight: 600; }
@media print { body { max-width: none; } .plot, table { break-inside: avoid; } }
)css";

}  // namespace magpie::batch

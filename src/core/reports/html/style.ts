/** The look of the report: one restrained palette, light and dark, a desk, a phone and paper. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#f6f4ef;--card:#fffefb;--ink:#1b1d22;--soft:#565c68;--line:#e2ded4;--track:#ece8de;
--accent:#0d6758;--accent-soft:#cfe3dc;--t0:#0d6758;--t1:#5d9c86;--t2:#c98a1b;--t3:#7a6fb0;--t4:#b8b2a4;--t5:#b4453a;--hatch:#fffefb;--good:#0d6758;--bad:#9d3328;--good-soft:#dcece6;--bad-soft:#f7e2de;--gold:#c98a1b}
@media (prefers-color-scheme:dark){:root{--paper:#14161a;--card:#1c1f25;--ink:#eeece6;--soft:#a8adb8;--line:#2e323b;--track:#2a2e36;
--accent:#5cc9ae;--accent-soft:#24443d;--t0:#5cc9ae;--t1:#3b8f7b;--t2:#e0ac4f;--t3:#a197dd;--t4:#6d7078;--t5:#e5796d;--hatch:#1c1f25;--good:#7fdcc4;--bad:#f2a79e;--good-soft:#1f3a34;--bad-soft:#44261f;--gold:#e0ac4f}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main,header,footer{max-width:1120px;margin:0 auto;padding:0 32px}
header{padding-top:56px;padding-bottom:36px}
.eyebrow{margin:0 0 14px;font-size:.8125rem;font-weight:650;letter-spacing:.09em;text-transform:uppercase;color:var(--accent)}
h1,h2{font-family:ui-serif,"Iowan Old Style","Palatino Linotype",Palatino,"Book Antiqua",Georgia,serif;font-weight:600;letter-spacing:-.015em;text-wrap:balance;overflow-wrap:anywhere}
h1{margin:0;font-size:clamp(2.125rem,5.4vw,3.5rem);line-height:1.08}
h2{margin:0 0 4px;font-size:1.5rem;line-height:1.25}
h3{margin:0 0 16px;font-size:1rem;font-weight:650;line-height:1.35}
.meta{display:flex;flex-wrap:wrap;gap:6px 28px;margin:20px 0 0;color:var(--soft);font-size:.9375rem}
.meta div{display:flex;gap:8px}.meta dt{font-weight:400}.meta dd{margin:0;color:var(--ink);font-weight:550}
.lede{margin:0 0 20px;color:var(--soft);max-width:70ch}
.cards{display:grid;grid-template-columns:repeat(6,1fr);gap:16px;margin:0 0 64px;padding:0;list-style:none}
.key{position:relative;grid-column:span 2;display:flex;flex-direction:column;min-height:164px;padding:20px 22px;background:var(--card);border:1px solid var(--line);border-radius:14px;overflow:hidden}
.key.wide{grid-column:span 3;padding-bottom:64px}
.key-label{font-size:.875rem;font-weight:550;color:var(--soft)}
.key-figure{margin-top:6px;font-size:2.25rem;font-weight:650;line-height:1.15;letter-spacing:-.025em;overflow-wrap:anywhere}
.wide .key-figure{font-size:2.75rem}
.key-note{margin-top:auto;padding-top:10px;font-size:.875rem;line-height:1.4;color:var(--soft)}
.wide .key-note{margin-top:4px;padding-top:0}
.spark{position:absolute;inset:auto 0 0;width:100%;height:48px}
section{margin:0 0 64px}
.panel{padding:26px 28px;background:var(--card);border:1px solid var(--line);border-radius:14px}
.panel+.panel,.panel+.pair,.pair+.panel{margin-top:16px}
.pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px;align-items:start}
.pair .panel{margin:0;height:100%}
.bars,.legend{margin:0;padding:0;list-style:none}
.bars{display:grid;grid-template-columns:minmax(96px,auto) minmax(80px,1fr) auto auto;column-gap:18px}
.bars.brief{grid-template-columns:minmax(96px,auto) minmax(80px,1fr) auto}
.bars li{grid-column:1/-1;display:grid;grid-template-columns:subgrid;align-items:center;padding:8px 0}
.bars li+li{border-top:1px solid var(--line)}
.bar-label{overflow-wrap:anywhere;max-width:24ch}.bar-value{text-align:right;font-weight:650}.bar-note{text-align:right;font-size:.875rem;color:var(--soft)}
svg{display:block}
.defs{position:absolute}
.track{fill:var(--track)}.fill{fill:var(--accent)}
.stack{border-radius:6px;margin-bottom:16px}
.stack rect{stroke:var(--card);stroke-width:1.5}
.stack .track{stroke:none}.hatch{fill:var(--hatch);opacity:.5;stroke:none}
${[0, 1, 2, 3, 4, 5].map((tone) => `.tone-${tone}{fill:var(--t${tone});background:var(--t${tone})}`).join('')}
.legend li{display:grid;grid-template-columns:14px 1fr auto;gap:10px;align-items:center;padding:5px 0;font-size:.9375rem}
.legend-value{font-weight:600}
.swatch{width:14px;height:14px;border-radius:4px}
.swatch.hatched{background-image:repeating-linear-gradient(45deg,transparent 0 2.5px,var(--hatch) 2.5px 4px)}
.swatch.back{background:var(--accent-soft);border:1px solid var(--accent)}.swatch.front{background:var(--accent)}
.keys{display:flex;flex-wrap:wrap;gap:4px 22px;margin:-8px 0 18px;padding:0;list-style:none;font-size:.875rem;color:var(--soft)}
.keys li{display:flex;align-items:center;gap:8px}
.plot{display:grid;grid-template-columns:auto 1fr;gap:8px 12px;font-size:.8125rem;color:var(--soft)}
.axis-y{display:flex;flex-direction:column;justify-content:space-between;text-align:right;margin:-9px 0}
.canvas{height:220px;border-bottom:1px solid var(--soft)}
.axis-x{grid-column:2;display:grid;grid-template-columns:1fr auto 1fr}.axis-x span:last-child{text-align:right}
.grid line{stroke:var(--line);stroke-width:1}
.column-back{fill:var(--accent-soft)}.column-front{fill:var(--accent)}
.area{fill:var(--accent);opacity:.14}.line{fill:none;stroke:var(--accent);stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}
details{margin-top:18px;font-size:.9375rem}
summary{cursor:pointer;width:max-content;max-width:100%;color:var(--accent);font-weight:550;font-size:.875rem;border-radius:4px}
summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:3px}
.scroll{overflow-x:auto;margin-top:12px}
details+.scroll{margin-top:26px}.panel>.scroll:first-child{margin-top:0}.tables .scroll{margin:0}
table{width:100%;border-collapse:collapse;font-size:.9375rem}
caption{padding:0 0 10px;text-align:left;font-weight:650}
th,td{padding:9px 12px 9px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{font-size:.8125rem;font-weight:600;color:var(--soft);white-space:nowrap}
tbody th{font-weight:500}
.number{padding-left:12px;padding-right:0;text-align:right;white-space:nowrap}
thead .number{white-space:normal}.number+:not(.number){padding-left:36px}
td{white-space:nowrap}.how{display:block;color:var(--soft);font-size:.875rem;max-width:60ch;white-space:normal}
.number .how{white-space:nowrap}
.tables{display:grid;grid-template-columns:minmax(0,1fr);gap:44px}
.columns{columns:2 380px;column-gap:56px}.columns>.scroll{break-inside:avoid;margin:0 0 36px}.columns th{font-weight:500}
tbody th code{margin-left:6px}
code{font:.8125rem/1.5 ui-monospace,"SF Mono",Menlo,Consolas,monospace;color:var(--soft)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.key-change{display:block;margin-top:2px;font-weight:600;color:var(--ink)}
.mark{margin-left:6px;padding:1px 7px;border-radius:99px;background:var(--track);font-size:.75rem;font-weight:500;color:var(--soft);white-space:nowrap}
.badge{display:inline-block;padding:1px 10px;border-radius:99px;font-size:.8125rem;font-weight:600;white-space:nowrap}
.badge.met{background:var(--good-soft);color:var(--good)}.badge.missed{background:var(--bad-soft);color:var(--bad)}
.health{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,11fr);gap:16px;align-items:stretch}
.health .panel{margin:0}.health-score{display:flex;flex-direction:column}.health-score .remark{margin-top:auto}
.ring{width:184px;height:184px;margin:auto}
.ring-track,.ring-fill{fill:none;stroke-width:11}.ring-track{stroke:var(--track)}.ring-fill{stroke:var(--accent);stroke-linecap:round}
.ring text{fill:var(--ink);font:650 34px ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;letter-spacing:-.02em}
.facts{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:1px;margin:0 0 16px;background:var(--line);border:1px solid var(--line);border-radius:14px;overflow:hidden}
.facts.first{margin-bottom:64px}.fact{display:flex;flex-direction:column;justify-content:space-between;gap:8px;padding:20px 22px;background:var(--card)}
.fact dt{font-size:.875rem;font-weight:550;color:var(--soft)}.fact dd{margin:0;font-size:1.75rem;font-weight:650;letter-spacing:-.02em;line-height:1.1}
.heat td,.heat th{vertical-align:middle}.heat .none{color:var(--soft)}
.heat td.number{padding:8px 10px;border-bottom:2px solid var(--card);border-left:2px solid var(--card);font-size:.875rem}
.heat thead th{padding-left:10px}.heat thead th:first-child,.heat tbody th{padding-left:0}.heat tbody th{border-bottom-color:transparent;white-space:nowrap}
${[1, 2, 3, 4, 5].map((shade) => `.heat-${shade}{background:color-mix(in srgb,var(--accent) ${shade * 8}%,var(--card))}`).join('')}
.podium{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:16px;margin:0 0 56px;padding:0;list-style:none;align-items:end}
.podium li{display:flex;flex-direction:column;align-items:center;gap:4px;padding:28px 16px;background:var(--card);border:1px solid var(--line);border-radius:18px;text-align:center}
.podium .place-1{order:2;padding-block:44px 40px;border-color:var(--gold)}.podium .place-2{order:1;padding-block:32px}.podium .place-3{order:3;padding-block:22px}.podium-2{grid-template-columns:repeat(2,minmax(0,1fr))}.podium-1{grid-template-columns:minmax(0,1fr)}
.place-2 .medal{background:#c9ccd1;color:#1b1d22}.place-3 .medal{background:#d3a27a;color:#1b1d22}
.medal{display:grid;place-items:center;width:52px;height:52px;margin-bottom:8px;border-radius:50%;background:var(--track);font:600 1.375rem/1 ui-serif,Georgia,serif}
.place-1 .medal{width:68px;height:68px;background:var(--gold);color:#1b1d22;font-size:1.75rem}
.podium-name{font:600 1.25rem/1.25 ui-serif,"Iowan Old Style","Palatino Linotype",Palatino,Georgia,serif;overflow-wrap:anywhere}
.place-1 .podium-name{font-size:1.625rem}.podium-points{color:var(--soft);font-weight:550}
.standings tbody th,.standings thead th:nth-child(2){width:70%;padding-left:12px}.standings .who{display:block;margin-bottom:6px;font-weight:600}.standings td{font-size:1rem}
.standings thead th:first-child,.standings td:first-child{width:1%;padding:9px 8px 9px 0}.standings td{vertical-align:middle}.standings .number+:not(.number){padding-left:12px}
.empty{margin:0;color:var(--soft)}
.remark{margin:16px 0 0;font-size:.875rem;color:var(--soft);max-width:70ch}
footer{padding-top:24px;padding-bottom:56px;font-size:.875rem;color:var(--soft)}
footer p{margin:0 0 6px;max-width:75ch}
@media (max-width:820px){.health{grid-template-columns:minmax(0,1fr)}.facts{grid-template-columns:1fr 1fr}.cards{grid-template-columns:1fr 1fr}.key,.key.wide{grid-column:span 1}.key.wide{grid-column:1/-1}.pair{grid-template-columns:minmax(0,1fr)}.key:last-child{grid-column:1/-1}}
@media (max-width:560px){main,header,footer{padding-left:18px;padding-right:18px}header{padding-top:36px;padding-bottom:26px}
.meta{flex-direction:column;gap:2px}.cards{gap:10px;margin-bottom:48px}.key{min-height:136px;padding:16px}.key.wide{padding-bottom:60px}.key-figure{font-size:1.75rem}.wide .key-figure{font-size:2.25rem}
section{margin-bottom:48px}.panel{padding:20px 18px}
.bars{grid-template-columns:1fr auto auto;column-gap:12px}.bars.brief{grid-template-columns:1fr auto}.bars li{row-gap:6px}.bars .bar{grid-column:1/-1;grid-row:2}
.canvas{height:170px}
tbody th code{margin-left:0}.columns{columns:1}.fact{padding:16px}.fact dd{font-size:1.5rem}.podium{gap:8px}.podium li{padding:20px 8px}.podium .place-1{padding-block:30px 28px}.podium-name,.place-1 .podium-name{font-size:1.0625rem}.standings .number{padding-left:8px}.standings thead .number{font-size:.75rem}}
@media print{:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#111;--soft:#444;--line:#ccc;--track:#eee;--accent:#0d6758;--accent-soft:#cfe3dc;--t0:#0d6758;--t1:#5d9c86;--t2:#c98a1b;--t3:#7a6fb0;--t4:#b8b2a4;--t5:#b4453a;--hatch:#fff;--good:#0d6758;--bad:#9d3328;--good-soft:#dcece6;--bad-soft:#f7e2de;--gold:#c98a1b}
body{font-size:10.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}main,header,footer{max-width:none;padding-left:0;padding-right:0}header{padding-top:0}
.panel,.key,tr,.bars li{break-inside:avoid}h2,h3{break-after:avoid}section{margin-bottom:28px}details{display:none}@page{margin:16mm}}
`;

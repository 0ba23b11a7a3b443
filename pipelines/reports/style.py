"""The look of every page: one small style sheet, inline, nothing loaded from anywhere. Readable on a phone and on paper."""

CSS = """
:root{--ink:#17202a;--soft:#52606d;--line:#d9e0e7;--paper:#fff;--wash:#f5f7f9;--accent:#1f4e79;
--good:#1e6b41;--good-wash:#e5f3ea;--bad:#a3231f;--bad-wash:#fbe9e8;--warn:#7a5200;--warn-wash:#fdf3dc;--bar:#5b8db8;
--head:#1f4e79;--track:#e8edf2;--for:#2f78b7;--against:#c65a32;--home:#b98500;color-scheme:light dark}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#a3b0bd;--line:#36424e;--paper:#1a2129;
--wash:#11161c;--accent:#7fb2e0;--good:#7fd3a2;--good-wash:#17372a;--bad:#f19c97;--bad-wash:#43201f;--warn:#e8c06a;
--warn-wash:#3d3115;--bar:#5b8db8;--head:#16385a;--track:#2b3641;--for:#5aa2dd;--against:#e08a63;--home:#d9ab3d}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;color:var(--ink);background:var(--wash);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
a{color:var(--accent)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--paper);padding:8px;z-index:2}
header.top{background:var(--head);color:#fff;padding:24px 0}
header.top h1{margin:0;font-size:1.6rem;line-height:1.25}
header.top p{margin:4px 0 0;opacity:.92}
.wrap{max-width:1240px;margin:0 auto;padding:0 16px}
nav{background:var(--paper);border-bottom:1px solid var(--line)}
nav ul{display:flex;flex-wrap:wrap;gap:4px 20px;list-style:none;margin:0;padding:10px 0}
section{background:var(--paper);border:1px solid var(--line);border-radius:8px;margin:20px 0;padding:20px}
section>h2{margin:0;font-size:1.25rem}
section>h2+p.for{margin:2px 0 12px;color:var(--soft)}
h3{font-size:1.05rem;margin:26px 0 0;padding-top:14px;border-top:1px solid var(--line)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(210px,1fr));gap:14px;margin:20px 0}
.card{background:var(--paper);border:1px solid var(--line);border-top:4px solid var(--accent);border-radius:8px;padding:14px 16px}
.card h2{margin:0;font-size:.95rem;color:var(--soft);font-weight:600}
.card .figure{font-size:1.9rem;font-weight:700;line-height:1.2;font-variant-numeric:tabular-nums}
.card p{margin:2px 0 0;color:var(--soft);font-size:.9rem}
.scroll{overflow-x:auto;margin-top:14px}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;font-weight:600;padding:0 0 6px;color:var(--ink)}
th,td{padding:7px 10px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
thead th{background:var(--wash);font-size:.82rem;color:var(--soft);border-bottom:2px solid var(--line);vertical-align:bottom}
td:not(.n):not(.bar){min-width:9em}tbody th{min-width:6.5em}
td:last-child:not(.n):not(.bar){min-width:16em}tbody th code,td code{white-space:nowrap}
td:not(.n):not(.bar):has(>code:only-child,>.mark:only-child){min-width:0}
tbody th{font-weight:500}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}
td.bar{min-width:110px;width:17%}
td.bar span{display:flex;gap:8px;align-items:center}
td.bar svg{flex:1;min-width:40px;height:12px}
td.bar b{font-weight:400;min-width:2.6em;text-align:right;font-variant-numeric:tabular-nums}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
td.bar rect:first-child{fill:var(--track)}
figure{margin:14px 0 0}
.wf{display:block;width:100%;min-width:760px;height:auto;font-size:13px}
.wf text{fill:var(--ink)}.wf .name{font-weight:600;font-size:14px}.wf .says,.wf .tick,.wf .side{fill:var(--soft);font-size:12.5px}
.wf .tick{text-anchor:middle;font-variant-numeric:tabular-nums}
.wf .bits{text-anchor:end;font-size:14px;font-variant-numeric:tabular-nums}.wf .strong{font-weight:700}
.wf .grid{stroke:var(--line)}.wf .zero{stroke:var(--soft);stroke-width:1.5}.wf .join{stroke:var(--soft);stroke-dasharray:2 2}
.wf .for,.posterior .match{fill:var(--for);background:var(--for)}.wf .against{fill:var(--against)}.wf .nothing{fill:var(--line)}
.wf .prior,.posterior .apart{fill:var(--soft);background:var(--soft)}
.wf .home,.posterior .home{fill:var(--home);background:var(--home)}
.wf .total{fill:var(--ink)}
.posterior svg{display:block;width:100%;height:26px;border-radius:4px}
.posterior ul{display:flex;flex-wrap:wrap;gap:4px 26px;list-style:none;margin:10px 0 0;padding:0}
.posterior i{display:inline-block;width:12px;height:12px;border-radius:2px;margin-right:7px}
.posterior b{font-variant-numeric:tabular-nums;margin-left:4px}
.mark{display:inline-block;border-radius:4px;padding:1px 8px;font-size:.84rem;font-weight:600;white-space:nowrap}
.good{background:var(--good-wash);color:var(--good)}.bad{background:var(--bad-wash);color:var(--bad)}
.warn{background:var(--warn-wash);color:var(--warn)}.plain{background:var(--wash);color:var(--soft)}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:8px 28px}
.note{color:var(--soft);font-size:.9rem;margin:8px 0 0}
details{margin:8px 0}summary{cursor:pointer;font-weight:600;padding:4px 0}
footer{overflow-wrap:anywhere;color:var(--soft);font-size:.88rem;padding:8px 0 32px}
@media(max-width:560px){section{padding:14px}th,td{padding:6px 7px}header.top h1{font-size:1.3rem}}
@media print{body{background:#fff;font-size:11pt}header.top{background:none;color:var(--ink);
border-bottom:2px solid var(--ink);padding:0 0 8px}
nav,.skip{display:none}section,.card{break-inside:avoid-page;border-color:#bbb}section{margin:10px 0;padding:10px}
.scroll{overflow:visible}
details>*{display:block}tr{break-inside:avoid}}
"""

/** What a preview page shows. */
export interface PreviewContent {
  readonly title: string;
  readonly subject: string;
  readonly preheader: string;
  readonly html: string;
}

export type PreviewWidth = 'desktop' | 'phone';

const WIDTHS: Readonly<Record<PreviewWidth, number>> = { desktop: 760, phone: 390 };

/** A page that shows a mail as wide as on a desktop or a phone, under its subject and preheader; it needs no network. */
export function previewPage(
  { title, subject, preheader, html }: PreviewContent,
  width: PreviewWidth,
): string {
  const pixels = WIDTHS[width];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}, ${width}</title>
<style>
body { margin: 0; padding: 24px; background: #d9dcdf; font: 15px/22px system-ui, sans-serif; color: #1d2328; }
main { width: ${pixels}px; margin: 0 auto; background: #fff; border-radius: 12px; overflow: hidden; box-shadow: 0 2px 14px rgba(0, 0, 0, .18); }
header { padding: 14px 20px; border-bottom: 1px solid #e4e7ea; overflow-wrap: break-word; }
header b { display: block; font-size: 17px; line-height: 24px; }
header span { color: #67727c; }
iframe { display: block; width: ${pixels}px; height: 1400px; border: 0; }
</style>
</head>
<body>
<main>
<header><b>${escapeText(subject)}</b><span>${escapeText(preheader)}</span></header>
<iframe title="${width}" sandbox="allow-same-origin" onload="this.style.height=this.contentDocument.documentElement.scrollHeight+'px'" srcdoc="${escapeText(html)}"></iframe>
</main>
</body>
</html>
`;
}

/** The preheader as a mail program would show it, from the hidden element at the beginning of the body. */
export function findPreheader(html: string): string {
  const hidden = /<div style="display:none[^>]*>([\s\S]*?)<\/div>/.exec(html)?.[1] ?? '';
  return hidden
    .replace(/&(?:#847|zwnj|nbsp);/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#96;', '`')
    .replaceAll('&amp;', '&')
    .trim();
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

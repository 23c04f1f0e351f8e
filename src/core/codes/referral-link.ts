/** Where a shared code leads: the configured address with `{code}` replaced. */
export function referralLink(url: string, code: string): string {
  return url.replaceAll('{code}', encodeURIComponent(code));
}

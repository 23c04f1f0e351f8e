/**
 * Reads page after page, each by the one before it, and `pages` ahead of the one that is worked on: a server makes them while this process is
 * busy, if it lets the event loop have a turn. A page that is undefined is the end. Throws what reading a page threw when that page is due.
 */
export async function* readAhead<Page>(
  readAfter: (last: Page | undefined) => Promise<Page | undefined>,
  pages: number,
): AsyncGenerator<Page> {
  let newest = readAfter(undefined);
  const asked = [newest];
  for (;;) {
    while (asked.length <= pages) {
      newest = newest.then((page) => (page === undefined ? undefined : readAfter(page)));
      // Whoever comes to this page hears of it; until then nobody listens.
      newest.catch(() => undefined);
      asked.push(newest);
    }
    const page = await asked.shift();
    if (page === undefined) return;
    yield page;
  }
}

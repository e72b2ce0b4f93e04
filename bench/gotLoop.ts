import { Agent } from 'node:http';
import got from 'got';

/** The lists that a pass over the team reads. */
const lists = ['/v1/machines', '/v1/startup-scripts'] as const;

/** A page of a list. */
export interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly hasMore: boolean;
  readonly nextPage?: string | null;
}

/** Reads the lists page by page, one request after the other. */
export async function* pages(
  read: (path: string) => Promise<Page>,
): AsyncIterable<{ readonly list: string; readonly items: Page['items'] }> {
  for (const list of lists) {
    let after: string | null | undefined;
    do {
      const page = await read(`${list}?limit=120&order=asc${after ? `&after=${after}` : ''}`);
      yield { list, items: page.items };
      after = page.hasMore ? page.nextPage : undefined;
    } while (after);
  }
}

/** Reads all pages, and counts the items. */
export async function countOf(walk: ReturnType<typeof pages>): Promise<number> {
  let count = 0;
  for await (const { items } of walk) count += items.length;
  return count;
}

/** The got loop: reads the same pages with got, one after the other, parses them, and counts the items. */
export async function gotLoop(url: string): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const headers = { authorization: 'Bearer bench' };
  try {
    return await countOf(
      pages((path) => got(`${url}${path}`, { agent: { http: agent }, headers }).json()),
    );
  } finally {
    agent.destroy();
  }
}

const [, main, url] = process.argv;
if (main === import.meta.filename && url !== undefined) await gotLoop(url);

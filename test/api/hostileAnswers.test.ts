import type { ServerResponse } from 'node:http';
import { createGzip } from 'node:zlib';
import { expect, test } from 'vitest';
import { prepare } from '../../src/reconcile/preparePass.ts';
import { reportOn } from '../../src/reconcile/reportPass.ts';
import type { Workspace } from '../../src/reconcile/workspace.ts';
import type { Report } from '../../src/model/pass/report.ts';
import { openTestStore } from '../support/openTestStore.ts';
import { connect } from '../support/apiClient.ts';
import { policy } from '../support/passes.ts';
import { serve, type Reply, type Seen } from '../support/server.ts';
import { virtualClock } from '../support/virtualClock.ts';
import { catalog, text, want } from '../support/team.ts';
import { createPassCache } from '../../src/reconcile/passCache.ts';

const script = want('startupScripts', 's', { script: text('x'), assignedMachines: [] });
const project = want('projects', 'p', {});
const network = want('privateNetworks', 'n', { region: 'ny2' });
const deployment = want('deployments', 'd', {
  project: { by: 'live', kind: 'projects', name: 'q' },
  config: { apiVersion: 'v1', image: 'i' },
});

const page = (items: unknown, more: object = {}): Reply => ({
  json: { hasMore: false, items, ...more },
});
const empty = page([]);
const session: Reply = { json: { team: { id: 't1', namespace: 'team' } } };

/** Returns the plan of a pass in which one list of the API is hostile and all others are empty. */
async function planOf(
  path: string,
  hostile: (request: Seen, nth: number) => Reply,
): Promise<Report> {
  let nth = 0;
  await using server = await serve((request) => {
    if (request.url === '/auth/session') return session;
    return request.url.startsWith(`${path}?`) ? hostile(request, nth++) : empty;
  });
  await using api = connect(server.url);
  await using store = await openTestStore();
  const workspace: Workspace = {
    name: 'default',
    catalog,
    api,
    store,
    cache: createPassCache(),
    clock: virtualClock({ hurry: true }),
    usage: () => api.usage(),
    throttle: () => api.throttle(),
    random: () => 0.5,
    secretReader: () => async () => 'x',
  };
  const resources = [script, project, network, deployment];
  const state = { resources, absent: [], revision: 'r' };
  return reportOn(workspace, policy, await prepare(workspace, state, policy, 'cli'));
}

const scripts = '/startup-scripts';
const good = { id: 'x1', name: 'x', isEnabled: true, isRunOnce: false, assignedMachineIds: [] };
const deep = (levels: number): string => '[{"a":'.repeat(levels) + '1' + '}]'.repeat(levels);

const streamed = (response: ServerResponse): void => {
  const chunk = ' '.repeat(1024 * 1024);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', more);
  };
  response.writeHead(200, { 'content-type': 'application/json' });
  more();
};

const bomb = (response: ServerResponse): void => {
  const zip = createGzip();
  zip.pipe(response.setHeader('content-encoding', 'gzip'));
  response.once('close', () => zip.destroy());
  const chunk = Buffer.alloc(1024 * 1024, ' ');
  const more = (): void => {
    while (!zip.destroyed && zip.write(chunk));
    if (!zip.destroyed) zip.once('drain', more);
  };
  more();
};

/** Items so many that three pages exceed the bound, and so small that they arrive quickly. */
const smallItems = (nth: number, length: number): unknown =>
  Array.from({ length }, (_, i) => ({ ...good, id: `${nth}-${i}` }));

/** Case, answer to each page, the report's error for the list. */
const refused: readonly (readonly [string, (request: Seen, nth: number) => Reply, RegExp])[] = [
  [
    'a Content-Length of hundreds of MB',
    () => (response) =>
      void response.writeHead(200, { 'content-length': 300 * 1024 * 1024 }).write('{'),
    /more than 64 MB/,
  ],
  ['MB after MB without end', () => streamed, /more than 64 MB/],
  ['endless data in a small gzip stream', () => bomb, /more than 64 MB/],
  [
    'invalid gzip',
    () => ({ text: '{}', headers: { 'content-encoding': 'gzip' } }),
    /got no answer/,
  ],
  [
    'endless new cursors without new items',
    (_, nth) => page([good], { hasMore: true, nextPage: `c${nth}` }),
    /pages in a row without a new item/,
  ],
  [
    'endless new cursors with new items',
    (_, nth) => page(smallItems(nth, 400_000), { hasMore: true, nextPage: `c${nth}` }),
    /more than 1000000 items/,
  ],
  [
    'cursors in a circle',
    (_, nth) => page([{ ...good, id: `${nth}` }], { hasMore: true, nextPage: `c${nth % 3}` }),
    /the pages go in circles/,
  ],
  [
    'a cursor that is not text',
    () => page([good], { hasMore: true, nextPage: { a: 1 } }),
    /a cursor/,
  ],
  ['items that are not a list', () => page({ length: 1, 0: good }), /a page without items/],
  ['items of null', () => page([null]), /an item that is not an object/],
  ['items of text', () => page(['a']), /an item that is not an object/],
  ['nested lists of items', () => page([[good]]), /an item that is not an object/],
  ['an item without an id', () => page([{ name: 'x' }]), /items\[0\]\.id is missing/],
  ['an id that is a number', () => page([good, { ...good, id: 7 }]), /items\[1\]\.id is a number/],
  [
    'an id that is an object',
    () => page([{ ...good, id: { $ne: 1 } }]),
    /items\[0\]\.id is an object/,
  ],
  ['an empty id', () => page([{ ...good, id: '' }]), /items\[0\]\.id is empty text/],
  [
    'an endless id',
    () => page([{ ...good, id: 'x'.repeat(100_000) }]),
    /items\[0\]\.id is text of 100000 characters/,
  ],
  ['a name that is a list', () => page([{ ...good, name: ['s'] }]), /items\[0\]\.name is a list/],
  ['no name', () => page([{ ...good, name: null }]), /items\[0\]\.name is null/],
  ['a flag as text', () => page([{ ...good, isEnabled: 'yes' }]), /isEnabled is text/],
  [
    'a missing list of machines',
    () => page([{ ...good, assignedMachineIds: undefined }]),
    /items\[0\]\.assignedMachineIds is missing/,
  ],
  [
    'a number in place of a list',
    () => page([{ ...good, assignedMachineIds: 7 }]),
    /items\[0\]\.assignedMachineIds is a number, not a list/,
  ],
  [
    'null in a list',
    () => page([{ ...good, assignedMachineIds: ['m1', null] }]),
    /items\[0\]\.assignedMachineIds\[1\] is null/,
  ],
  [
    'a deletion date that is not a date, after which the resource would be created again',
    () => page([{ ...good, dtDeleted: {} }]),
    /items\[0\]\.dtDeleted is an object/,
  ],
  ['more, in words', () => page([good], { hasMore: 'no' }), /hasMore is not true or false/],
  ['null', () => ({ text: 'null' }), /a page without items/],
  ['a web page', () => ({ text: '<html><script>alert(1)</script></html>' }), /not JSON/],
  ['half of the JSON', () => ({ text: '{"hasMore":false,"items":[{"id":"a"' }), /not JSON/],
  [
    'half of a multi-byte character',
    () => ({ text: '{"hasMore":false,"items":[{"id":"\ud800' }),
    /not JSON/,
  ],
  ['nothing', () => ({ text: '' }), /answered nothing/],
  [
    'deep nesting without an id',
    () => ({ text: `{"items":[{"a":${deep(100_000)}}]}` }),
    /cannot be read/,
  ],
  [
    'less than its Content-Length',
    () => (response) =>
      void response.writeHead(200, { 'content-length': 99 }).write('{}', () => response.destroy()),
    /got no answer/,
  ],
];

test.each(refused)(
  '%s blocks that list only',
  async (_because, hostile, says) => {
    const before = process.memoryUsage().rss;
    const report = await planOf(scripts, hostile);
    expect(report.complete).toBe(false);
    expect(report.incomplete).toEqual([
      { kind: 'startupScripts', error: expect.stringMatching(says) },
    ]);
    const planned = report.actions.map(({ id, outcome }) => `${id} ${outcome}`);
    expect(planned).toContain('projects/p:create planned');
    expect(planned).toContain('privateNetworks/n:create planned');
    expect(planned).not.toContain('startupScripts/s:create planned');
    expect(process.memoryUsage().rss - before).toBeLessThan(2 * 1024 ** 3);
  },
  120_000,
);

/** Case, path, item. */
const borne: readonly (readonly [string, string, string])[] = [
  ['a very long name', scripts, JSON.stringify({ ...good, name: 'x'.repeat(10_000_000) })],
  [
    'a name of invisible characters',
    scripts,
    JSON.stringify({ ...good, name: '\u{202e}\u{0}\ud800' }),
  ],
  [
    'a key __proto__',
    scripts,
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"id":"x1","name":"__proto__","isEnabled":true,"isRunOnce":false,"assignedMachineIds":[]}',
  ],
  [
    'deep nesting in a field that no reader names',
    scripts,
    `{"id":"x1","name":"s","isEnabled":true,"isRunOnce":false,"assignedMachineIds":[],"a":${deep(100_000)}}`,
  ],
];

test.each(borne)(
  'an item with %s has no further effect',
  async (_because, path, item) => {
    const report = await planOf(path, () => ({ text: `{"hasMore":false,"items":[${item}]}` }));
    const planned = report.actions.map(({ id, outcome }) => `${id} ${outcome}`);
    expect(planned).toContain('privateNetworks/n:create planned');
    expect(report.incomplete).toEqual([]);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect('polluted' in {}).toBe(false);
    expect(JSON.stringify(report)).toBeTypeOf('string');
  },
  120_000,
);

/** Case, the newest spec of a deployment, the report's error for the list. */
const specs: readonly (readonly [string, string, string])[] = [
  ['a number in place of an object', '{"data":5}', 'latestSpec.data is a number'],
  ['an error that is not text', '{"error":{}}', 'latestSpec.error is an object'],
  [
    'deep nesting in a field that is compared',
    `{"data":{"image":${deep(50_000)}}}`,
    'latestSpec.data is an object, not an object of at most 50 levels',
  ],
];

test.each(specs)('a deployment with %s blocks that list only', async (_because, spec, says) => {
  const item = `{"id":"x1","name":"d","projectId":"q","latestSpec":${spec}}`;
  const report = await planOf('/deployments', () => ({
    text: `{"hasMore":false,"items":[${item}]}`,
  }));
  expect(report.incomplete).toEqual([
    { kind: 'deployments', error: expect.stringContaining(says) },
  ]);
  expect(report.actions.map(({ id }) => id)).toContain('privateNetworks/n:create');
});

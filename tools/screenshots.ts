// Makes the images of docs/dashboard.md: a daemon with a simulated team in trouble, photographed by Debian's Chromium.

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { startSimulator } from '../src/simulator/simulator.ts';
import { ulid } from 'ulid';
import { openStore } from '../src/store/open.ts';
import { openPage, startBrowser } from '../test/support/browser.ts';
import { reportWith, resource } from '../test/support/reports.ts';
import { trouble, troubledChange, troubledConfig } from '../test/support/troubledTeam.ts';

const root = join(import.meta.dirname, '..');
const images = join(root, 'docs/images');
const pages = {
  overview: '/',
  resources: '/resources',
  resource: '/resources/machines/worker-02',
  graph: '/graph',
  trends: '/trends',
  calendar: '/calendar',
  money: '/money',
};

const directory = await mkdtemp(join(tmpdir(), 'holdfast-screenshots-'));
await using simulator = await startSimulator({ jobTime: 0 });
const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
};
await mkdir(join(directory, 'config'));
await mkdir(images, { recursive: true });
await write(troubledConfig);
await recordMonth(join(directory, '.holdfast/state.db'));

const daemon = spawn(process.execPath, [join(root, 'src/main.ts'), 'run'], {
  cwd: directory,
  env: {
    ...process.env,
    PAPERSPACE_API_URL: `${simulator.url}/v1`,
    PAPERSPACE_API_KEY: 'k',
    HOLDFAST_SERVER_LISTEN: '127.0.0.1:0',
  },
  stdio: ['ignore', 'pipe', 'pipe'],
});
let output = '';
const read = (text: string): void => {
  output += text;
};
daemon.stdout.setEncoding('utf8').on('data', read);
daemon.stderr.setEncoding('utf8').on('data', read);
const seen = async (pattern: RegExp): Promise<RegExpExecArray> => {
  for (;;) {
    const found = pattern.exec(output);
    if (found) return found;
    await Promise.race([once(daemon.stdout, 'data'), once(daemon.stderr, 'data')]);
  }
};

try {
  const [, url = ''] = await seen(/"url":"(http:[^"]+)".*"msg":"started"/);
  await seen(/All in sync/);
  trouble(simulator);
  await write(troubledChange);
  await seen(/failed since/);
  const browser = await startBrowser();
  for (const [name, path] of Object.entries(pages))
    for (const width of [360, 1600])
      for (const colorScheme of ['light', 'dark'] as const) {
        const viewport = { width, height: width < 1000 ? 1600 : 1000 };
        await using open = await openPage(browser, url + path, { viewport, colorScheme });
        const file = join(images, `${name}-${width}-${colorScheme}.png`);
        await open.page.screenshot({ path: file });
      }
  await browser.close();
} finally {
  daemon.kill('SIGTERM');
  await once(daemon, 'exit');
  await rm(directory, { recursive: true });
}

/** Records a pass for each hour of the last month, with figures that rise and fall. */
async function recordMonth(path: string): Promise<void> {
  await using store = await openStore(
    { type: 'sqlite', path },
    { store: path, async [Symbol.asyncDispose]() {} },
    'default',
  );
  const { cost, summary } = reportWith();
  for (let hoursAgo = 719; hoursAgo > 0; hoursAgo -= 1) {
    const started = Date.now() - hoursAgo * 3_600_000;
    const seconds = 1.5 + Math.sin(hoursAgo / 9) + (hoursAgo % 97 === 0 ? 6 : 0);
    const open = hoursAgo % 150 < 12 ? (hoursAgo % 3) + 1 : 0;
    const isDay = new Date(started).getUTCHours() > 7 && new Date(started).getUTCHours() < 19;
    await store.recordPass(
      reportWith({
        pass: ulid(started),
        startedAt: new Date(started).toISOString(),
        finishedAt: new Date(started + seconds * 1000).toISOString(),
        summary: { ...summary, drifted: open },
        resources: Array.from({ length: open }, (_, index) => ({
          ...resource,
          name: `m${index}`,
          status: 'drifted',
          since: new Date(started + seconds * 1000).toISOString(),
        })),
        cost: { ...cost, hourly: { managed: isDay ? 5.45 : 4.9, unmanaged: 0, change: 0 } },
      }),
      100,
      { rates: ratesOf(isDay ? 5.45 : 4.9) },
    );
  }
}

/** What two machine types cost, of which one runs by day only. */
function ratesOf(hourly: number) {
  return [
    { type: 'A4000', hourly: 4.6 },
    { type: 'C5', hourly: hourly - 4.6 },
  ].map((group) => ({ kind: 'machines', labels: {}, unknown: 0, ...group }));
}

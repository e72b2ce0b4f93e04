import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { loadDesired } from '../../src/desired/load.ts';
import { systemClock } from '../../src/model/time/clock.ts';
import { catalog } from '../fixtures/desired/catalog.ts';
import { directoryOf, problemsOf } from '../fixtures/desired/directory.ts';

describe('values that must not reach a library', () => {
  const long = 'x'.repeat(5000);
  it.each<{ setting: string; says: RegExp; because: string }>([
    {
      setting: 'schedule: "1-1000000000 * * * *"',
      says: /"1-1000000000" is not a valid minute/,
      because: 'it would expand to a list of 10^9 minutes',
    },
    {
      setting: 'windows: [{ cron: "0-59/7777777 * * * *", duration: 1h }]',
      says: /windows\[0\]\.cron of settings is "0-59\/7777777 \* \* \* \*": the step/,
      because: 'windows have cron expressions too',
    },
    {
      setting: 'schedule: "*/90 * * * *"',
      says: /write for example "0 \*\/2 \* \* \*"$/,
      because: 'it would run every hour',
    },
    {
      setting: 'store: "sqlite:./a\\0b"',
      says: /store of settings is "sqlite:\.\/a\\u\{0\}b"; it takes sqlite:PATH/,
      because: 'a path must not contain NUL',
    },
    {
      setting: 'reports: { directory: "a\\0b" }',
      says: /reports\.directory of settings is "a\\u\{0\}b": it holds a control character$/,
      because: 'a path must not contain NUL',
    },
    {
      setting: `reports: { directory: ${long} }`,
      says: /reports\.directory of settings is "x+…": it is longer than 4095 bytes$/,
      because: 'operating systems reject such a long path',
    },
    {
      setting: `reports: { directory: a/${'x'.repeat(256)} }`,
      says: /: a part of it is longer than 255 bytes$/,
      because: 'file systems reject such a long name',
    },
    {
      setting: 'server: { token: { file: "a\\0b" } }',
      says: /the file "a\\u\{0\}b" is not a valid path: it holds a control character$/,
      because: 'a path must not contain NUL',
    },
    {
      setting: 'requests: { timeout: 25d }',
      says: /requests\.timeout of settings is "25d"; it takes at most 1h$/,
      because: 'timers of more than 24 days fire at once',
    },
    {
      setting: 'visibility: 999999999d',
      says: /visibility of settings is "999999999d"; it takes at most 7d$/,
      because: 'it would never end',
    },
    {
      setting: 'windows: [{ cron: "0 2 * * *", duration: 32d }]',
      says: /is "32d"; it takes at most 31d$/,
      because: 'it would never close',
    },
    {
      setting: `windows: [${'{ cron: "0 2 * * *", duration: 1h }, '.repeat(101)}]`,
      says: /windows of settings is too long; it takes at most 100 items$/,
      because: 'each is checked in every pass',
    },
    {
      setting: `timezone: ${'x'.repeat(300)}`,
      says: /timezone of settings is "x+…"; it takes a time zone/,
      because: 'no kind has such a long name',
    },
    {
      setting: 'throttle: { requestsPerSecond: 1e-300 }',
      says: /is 1e-300; it takes at least 0\.01$/,
      because: 'the next request would never be sent',
    },
    {
      setting: 'throttle: { requestsPerSecond: 1e308 }',
      says: /is 1e\+308; it takes at most 1000$/,
      because: 'it would not be a limit',
    },
    {
      setting: 'throttle: { burst: 0, concurrency: 100000 }',
      says: /burst of settings is 0; it takes at least 1$/,
      because: 'no request would ever be sent',
    },
    { setting: 'reports: { keep: 0 }', says: /is 0; it takes at least 1$/, because: 'none is no' },
    {
      setting: 'limits: { hourlyCost: .inf }',
      says: /"\.(nan|inf)" is not a number that can be used/,
      because: 'it is not valid',
    },
    {
      setting: 'prices: { A4000: .nan }',
      says: /"\.(nan|inf)" is not a number that can be used/,
      because: 'it is not valid',
    },
    {
      setting: 'prices: { A4000: -0.5 }',
      says: /prices\.A4000 of settings is -0\.5; it takes at least 0$/,
      because: 'it would lift a limit',
    },
    {
      setting: `prices: { ${'x'.repeat(129)}: 1 }`,
      says: /a key in prices of settings is "x+…"; it takes at most 128 characters$/,
      because: 'no machine type has such a long name',
    },
    {
      setting: 'limits: { updates: -1% }',
      says: /limits\.updates of settings is "-1%"; it takes a percentage/,
      because: 'a negative limit has no meaning',
    },
    {
      setting: 'server: { tokens: [{ name: ci, token: { env: A }, may: [] }] }',
      says: /server\.tokens\[0\]\.may of settings/,
      because: 'a token that may do nothing is a mistake',
    },
    {
      setting:
        'server: { tokens: [{ name: ci, token: { env: A }, may: [read] }, { name: ci, token: { env: B }, may: [read] }] }',
      says: /server\.tokens of settings has two tokens named "ci"; give each its own name/,
      because: 'the audit could not tell them apart',
    },
    {
      setting: 'server: { tokens: [{ name: server.token, token: { env: A }, may: [read] }] }',
      says: /it takes a name of letters.*other than server\.token/,
      because: 'it is the name of server.token',
    },
    {
      setting: 'server: { tokens: [{ name: "cli:root", token: { env: A }, may: [read] }] }',
      says: /it takes a name of letters/,
      because: 'it would pass for a user of the command line',
    },
    {
      setting: 'server: { tokens: [{ name: ci, token: { env: A }, may: [write] }] }',
      says: /server\.tokens\[0\]\.may\[0\] of settings is "write"/,
      because: 'there is no such permission',
    },
    {
      setting: 'server: { tokens: [{ name: ci, token: hunter2, may: [read] }] }',
      says: /is a secret in plain text/,
      because: 'a token is a secret',
    },
    {
      setting: 'server: { listen: "[::::]:1" }',
      says: /is "\[::::\]:1"; it takes a host and a port/,
      because: 'it is not an IPv6 address',
    },
    {
      setting: 'server: { listen: "999.1.1.1:80" }',
      says: /is "999\.1\.1\.1:80"; it takes a host and a port/,
      because: 'it is not an IPv4 address',
    },
    {
      setting: `server: { listen: "${'x'.repeat(300)}:80" }`,
      says: /is "x+…"; it takes a host and a port/,
      because: 'no host has such a name',
    },
  ])('$setting: $because', async ({ setting, says }) => {
    const problems = await problemsOf({ 'holdfast.yaml': `settings: { ${setting} }` });
    expect(problems[0]).toMatch(says);
  });
});

describe('an exception in the loader becomes a problem', () => {
  it('of the file in which it occurred', async () => {
    const kinds = new Map(catalog.kinds);
    kinds.get = () => {
      throw new TypeError('nobody foresaw this');
    };
    const directory = await directoryOf({ 'a.yaml': '# empty', 'b.yaml': 'machines: { a: }' });
    const loaded = await loadDesired(directory, { ...catalog, kinds });
    expect(loaded.ok ? [] : loaded.problems).toEqual([
      {
        file: 'b.yaml',
        line: 1,
        column: 1,
        rule: 'internal-error',
        message: 'this is a bug in Holdfast: TypeError: nobody foresaw this',
      },
    ]);
  });

  it('without a file, if it does not belong to one', async () => {
    const kinds = new Map(catalog.kinds);
    kinds.keys = () => {
      throw new RangeError('nobody foresaw that');
    };
    const directory = await directoryOf({ 'a.yaml': '' });
    const loaded = await loadDesired(directory, { ...catalog, kinds });
    expect(loaded).toMatchObject({
      ok: false,
      problems: [
        { file: '.', message: 'this is a bug in Holdfast: RangeError: nobody foresaw that' },
      ],
    });
  });
});

it('a sleep of more than 24 days works: a single timer would fire at once', async () => {
  const warnings: string[] = [];
  const note = ({ name }: Error): void => void warnings.push(name);
  process.on('warning', note);
  const stop = new AbortController();
  let over = false;
  const sleeping = systemClock.sleep(2 ** 32, stop.signal).then(
    () => void (over = true),
    () => undefined,
  );
  for (let turn = 0; turn < 10; turn += 1) await setImmediate();
  stop.abort();
  await sleeping;
  process.off('warning', note);
  expect([over, warnings]).toEqual([false, []]);
});

import { spawnSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { place } from './holdfast.ts';

const team = { 'config/team.yaml': 'privateNetworks:\n  research: { region: ny2 }\n' };

/** Root may write everywhere, so as root the program runs as another user. */
const isRoot = process.getuid?.() === 0;
const asNobody = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
const canBeNobody = !isRoot || spawnSync('setpriv', ['--version']).status === 0;

/** One line that says what to do, without internals of the program. */
function expectOneLine(
  { code, stderr }: { code: number | null; stderr: string },
  says: RegExp,
): void {
  expect(stderr).toMatch(says);
  expect(stderr).not.toMatch(/bug in Holdfast|^\s+at /m);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(code).toBe(1);
}

describe('an unusable path is reported in one line, at once', () => {
  const missing = /no such file or directory/;
  test.each([
    ['plan --simulate=/proc/x/y', missing],
    ['apply --yes --simulate=/proc/x/y', missing],
    ['run --simulate=/proc/x/y', missing],
    ['import --simulate --out /proc/x/y', missing],
    ['simulate --state /proc/x/y', missing],
    ['plan --simulate --out /proc/x/y', missing],
    ['plan --simulate=config', /config is not a regular file/],
    ['plan --simulate=config/team.yaml/x.json', /not a directory|permission denied/],
    ['plan --simulate=config/team.yaml', /cannot read the simulator's state file/],
    [`plan --simulate=${'x'.repeat(300)}`, /name (is )?too long/],
    [`plan --simulate --out ${'x'.repeat(300)}`, /the name is too long/],
    ['plan --simulate --out config', /is not a regular file/],
    ['apply --yes --simulate --plan nowhere', /nowhere does not exist/],
    ['apply --yes --simulate --plan config', /is not a regular file/],
    ['apply --yes --simulate --plan /dev/zero', /is not a regular file/],
  ])('%.60s', async (args, says) => {
    await using here = await place();
    await here.write(team);
    expectOneLine(await here.run(args.split(' ')), says);
  });

  test.each([
    ['HOLDFAST_STORE', 'sqlite:/proc/x/y/state.db', 'apply --yes', missing],
    ['HOLDFAST_STORE', 'sqlite:/proc/x/y/state.db', 'run', missing],
    ['HOLDFAST_STORE', 'sqlite:config/team.yaml/x.db', 'plan', /not a directory/],
    ['HOLDFAST_STORE', 'sqlite:config', 'status', /is not a regular file/],
    ['HOLDFAST_REPORTS_DIRECTORY', '/proc/x/y', 'apply --yes --simulate', missing],
    // An address reserved for documentation, which no machine has.
    ['HOLDFAST_SERVER_LISTEN', '192.0.2.1:8080', 'run --simulate', /cannot listen on 192\.0\.2\.1/],
  ])('%s=%s %s', async (name, value, args, says) => {
    await using here = await place();
    await here.write(team);
    const env = { PAPERSPACE_API_KEY: 'k', HOLDFAST_TOKEN: 'x'.repeat(16), [name]: value };
    const ended = await here.run(args.split(' '), env);
    const lines = ended.stderr.split('\n').filter((line) => !/^\d+\/\d+ |^\{/.test(line));
    expectOneLine({ ...ended, stderr: lines.join('\n') }, says);
  });

  test('a port in use', async () => {
    await using here = await place();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const says = /cannot listen on 127\.0\.0\.1:\d+: another program is listening there/;
    expectOneLine(await here.run(['simulate', '--port', String(port)]), says);
    other.close();
  });

  test
    .runIf(canBeNobody)
    .each([
      'plan --simulate',
      'apply --yes --simulate',
      'run --simulate',
      'import --simulate',
      'plan --simulate --out plan.json',
      'simulate --state team.json --port 0',
    ])('a directory without write permission: %s', async (args) => {
    await using here = await place();
    await here.write(team);
    await chmod(here.path, 0o555);
    await chmod(`${here.path}/config`, 0o755);
    await chmod(`${here.path}/config/team.yaml`, 0o644);
    const ended = await here.run(args.split(' '), {}, asNobody);
    await chmod(here.path, 0o755);
    expectOneLine(ended, /permission denied/);
  });
});

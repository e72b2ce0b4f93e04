import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place, type Ended } from './holdfast.ts';

/** Ends a line, starts workflow commands, sets the title and colours of a terminal, reverses and hides text. */
const evil =
  '\n::error file=x::y\r\u001b]0;t\u0007\u001b[31m\u009b2J\u202e\u200b\u2028::set-output ##[error]z';

/** Sequences that a terminal, a log, or a CI job would act on. */
const hidden = /(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200b\u202a-\u202e\u2060-\u2069]/u;

function expectVisible({ stdout, stderr }: Ended, what: string): void {
  for (const text of [stdout, stderr]) {
    expect([what, hidden.exec(text)?.[0].codePointAt(0)]).toEqual([what, undefined]);
    expect([what, /^\s*::.*/m.exec(text)?.[0]]).toEqual([what, undefined]);
    expect([what, /##\w*\[.*/.exec(text)?.[0]]).toEqual([what, undefined]);
  }
  expect(stderr, what).not.toContain('bug in Holdfast');
}

/** Like `expectVisible`, and the escaped text must be shown. */
function expectShown(ended: Ended, what: string): void {
  expectVisible(ended, what);
  expect(ended.stdout + ended.stderr, what).toMatch(/\\u(202e|\{202e\})/);
}

describe('foreign text never reaches a terminal, a log, or a CI job unescaped', () => {
  test('from the team: names, values, and messages of the API', async () => {
    await using here = await place();
    await using simulator = await startSimulator();
    const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
    const { privateNetworks } = simulator.world;
    await here.write({
      'config/team.yaml': 'privateNetworks: { a: { region: ny2 }, b: { region: ny2 } }\n',
    });
    expect(await here.run(['apply', '--yes'], env)).toMatchObject({ code: 0 });
    const [a] = [...privateNetworks];
    if (!a) throw new Error('there is no network');
    privateNetworks.insert({ ...a, id: `id${evil}`, name: `live${evil}` });
    privateNetworks.patch(a.id, { name: `renamed${evil}` });
    simulator.world.team = { ...simulator.world.team, namespace: `team${evil}` };
    const answer = { status: 400, body: JSON.stringify({ message: evil, details: evil }) } as const;
    simulator.fault({ method: 'POST', times: Infinity, kind: answer });
    simulator.fault({ method: 'PUT', times: Infinity, kind: answer });
    simulator.fault({
      method: 'GET',
      path: '/machines',
      times: Infinity,
      kind: { ...answer, status: 503 },
    });
    await here.write({
      'config/holdfast.yaml': 'settings: { requests: { retries: 0 } }\n',
      'config/team.yaml': `privateNetworks: { a: { region: ny2 }, new: { region: ny2 } }
machines: { m: { machineType: "A4000${JSON.stringify(evil).slice(1, -1)}", template: { os: x }, region: ny2, diskSize: 50 } }
absent: { privateNetworks: [b] }
`,
    });
    for (const format of ['text', 'json', 'markdown', 'html'])
      for (const command of ['plan', 'drift', 'apply --yes'])
        expectShown(
          await here.run([...command.split(' '), '--format', format, '--log-level', 'trace'], env),
          `${command} ${format}`,
        );
    for (const format of ['text', 'json'])
      for (const args of [
        ['status'],
        ['explain', 'privateNetworks/a'],
        ['doctor'],
        ['import', '--out', `new-${format}`],
      ])
        expectVisible(
          await here.run([...args, '--format', format], env),
          `${args.join(' ')} ${format}`,
        );
    expectVisible(await here.run(['explain', `privateNetworks/live${evil}`], env), 'explain');
  });

  test('from the config: file names, and values', async () => {
    await using here = await place();
    const file = `config/::error::${evil.replaceAll('/', '')}.yaml`;
    await here.write({
      [file]: 'privateNetworks: { a: { regin: ny2 } }\n',
      'config/b.yaml': `machins: {}\n"x${JSON.stringify(evil).slice(1, -1)}": 1\n`,
    });
    for (const format of ['text', 'json', 'sarif'])
      expectShown(await here.run(['validate', '--format', format]), `validate ${format}`);
    for (const command of ['plan --simulate', 'graph', 'status', 'doctor', 'run --simulate'])
      expectShown(await here.run(command.split(' ')), command);
    const { stdout } = await here.run(['validate', '--format', 'github']);
    for (const line of stdout.trim().split('\n'))
      expect(line).toMatch(/^::error file=[^:]*,line=\d+,col=\d+,title=[^:]*::/);
  });

  test.each([
    ['a command', [`x${evil}`]],
    ['an option', ['plan', `--x${evil}`]],
    ['a value', ['plan', '--format', `x${evil}`]],
    ['a log level', ['plan', '--log-level', `x${evil}`]],
    ['a file', ['apply', '--yes', '--simulate', '--plan', `x${evil}`]],
    ['a directory', ['validate', '--config', `x${evil}`]],
    ['a resource', ['explain', `x${evil}`]],
    ['a schema', ['schema', `x${evil}`]],
    ['a fault', ['simulate', '--port', '0', '--fault', `x${evil}`]],
    ['a kind', ['import', '--simulate', '--kinds', `x${evil}`]],
  ])('from the command line: %s', async (what, args) => {
    await using here = await place();
    await here.write({ 'config/team.yaml': '{}\n' });
    const ended = await here.run(args);
    expectVisible(ended, what);
    expect(ended.code).toBe(1);
  });

  test('from the environment', async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': '{}\n' });
    for (const name of [
      'HOLDFAST_MODE',
      'HOLDFAST_STORE',
      'PAPERSPACE_API_URL',
      'PAPERSPACE_API_KEY_FILE',
      'HOLDFAST_SERVER_LISTEN',
      'PAPERSPACE_API_KEY',
    ])
      for (const command of ['plan', 'doctor', 'run']) {
        const env = {
          [name]: `x${evil}`,
          ...(name.startsWith('PAPERSPACE_API_KEY') ? {} : { PAPERSPACE_API_KEY: 'k' }),
        };
        const running = here.start([command], { PAPERSPACE_API_URL: 'http://127.0.0.1:1', ...env });
        if (command === 'run' && name !== 'HOLDFAST_MODE' && name !== 'HOLDFAST_SERVER_LISTEN')
          await Promise.race([running.ended, running.saw(/pass ended/).catch(() => undefined)]);
        running.kill('SIGTERM');
        expectVisible(await running.ended, `${name} ${command}`);
      }
  });
});

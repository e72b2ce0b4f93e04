import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { readStore } from '../../src/store/open.ts';
import { serve, type Reply, type Seen } from '../support/server.ts';
import { place, type Place } from './holdfast.ts';

const preload = pathToFileURL(join(import.meta.dirname, 'killAtMessage.ts')).href;

const settings = (url: string) =>
  `settings: { mode: observe, schedule: "* * * * * *", notify: [{ webhook: { url: "${url}" }, settle: 1 }] }\n`;
const missing = 'privateNetworks: { a: { region: ny2 } }\n';
const inSync = 'privateNetworks: {}\n';

/** The id of a message, and the alerts that it opens (`+`) and resolves (`-`). */
function messageOf({ headers, body }: Seen) {
  const { data } = JSON.parse(body) as {
    data: Record<'opened' | 'resolved', readonly { readonly name: string }[]>;
  };
  return {
    id: String(headers['webhook-id']),
    body,
    news: [
      ...data.opened.map(({ name }) => `+${name}`),
      ...data.resolved.map(({ name }) => `-${name}`),
    ].join(' '),
  };
}

/** The number of messages in the store after a crash. */
async function left(here: Place): Promise<number> {
  await using store = await readStore(
    { type: 'sqlite', path: join(here.path, '.holdfast/state.db') },
    'default',
  );
  return (await store.pendingMessages()).length;
}

interface Row {
  readonly step: string;
  readonly because: string;
  /** Where the process kills itself; not set: the test kills it. */
  readonly killAt?: string;
  /** The answer of the receiver to the process that is killed. Default: 200. */
  readonly answer?: Reply;
  /** The messages in the store after the crash. */
  readonly left: number;
  /** How often the receiver gets each message. */
  readonly times: number;
}

describe('killed while a message is recorded and delivered, nothing is lost or told twice', () => {
  test.for<Row>([
    {
      step: 'before the commit of the pass',
      because: 'the message does not exist, and the next pass causes it',
      killAt: 'before-commit',
      left: 0,
      times: 1,
    },
    {
      step: 'after the commit of the pass',
      because: 'the message exists, and is sent at the next start',
      killAt: 'after-commit',
      left: 1,
      times: 1,
    },
    {
      step: 'after the attempt was recorded, before the request',
      because: 'the pause of the attempt is kept, and the message is sent after it',
      killAt: 'after-attempt',
      left: 1,
      times: 1,
    },
    {
      step: 'while the receiver holds the request',
      because: 'nobody knows whether it was accepted',
      answer: () => undefined,
      left: 1,
      times: 2,
    },
    {
      step: 'after the answer, before the removal',
      because: 'the answer was not recorded',
      killAt: 'before-removal',
      left: 1,
      times: 2,
    },
    {
      step: 'after the removal',
      because: 'the message is delivered',
      killAt: 'after-removal',
      left: 0,
      times: 1,
    },
    {
      step: 'during the pause after a failure',
      because: 'the receiver did not accept it',
      answer: { status: 500 },
      left: 1,
      times: 2,
    },
  ])('$step', async ({ killAt, answer, because, left: expected, times }) => {
    await using here = await place();
    await using simulator = await startSimulator();
    let reply: Reply = {};
    await using receiver = await serve(() => reply);
    const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };

    /** Runs the daemon until something has happened, and stops it. */
    const runUntil = async (happened: (run: ReturnType<Place['start']>) => Promise<unknown>) => {
      const run = here.start(['run'], env);
      await happened(run);
      run.kill('SIGTERM');
      expect(await run.ended).toMatchObject({ code: 0 });
    };

    const killed = async (): Promise<void> => {
      reply = answer ?? {};
      const sent = receiver.seen.length;
      const run = here.start(
        ['run'],
        killAt === undefined
          ? env
          : { ...env, NODE_OPTIONS: `--import=${preload}`, KILL_AT: killAt },
      );
      if (killAt === undefined) {
        await receiver.arrived(sent + 1);
        if (typeof answer !== 'function') await run.saw(/notification not delivered/);
        run.kill('SIGKILL');
      }
      expect((await run.ended).code, because).toBeNull();
      reply = {};
      expect(await left(here), because).toBe(expected);
    };

    await here.write({ 'config/holdfast.yaml': settings(receiver.url), 'config/a.yaml': inSync });
    await runUntil((run) => run.saw(/"msg":"pass ended"/));
    for (const [yaml, count] of [
      [missing, times],
      [inSync, 2 * times],
    ] as const) {
      await here.write({ 'config/a.yaml': yaml });
      await killed();
      await runUntil(async (run) => {
        await receiver.arrived(count);
        await expect.poll(() => left(here), { message: because }).toBe(0);
        // Further passes, which must not tell anything again.
        await run.saw(/("msg":"pass ended"[^]*){3}/);
      });
    }

    const messages = receiver.seen.map(messageOf);
    const byId = Map.groupBy(messages, ({ id }) => id);
    expect([...byId.values()].map(([first]) => first?.news)).toEqual(['+a', '-a']);
    for (const same of byId.values()) {
      expect(same, because).toHaveLength(times);
      expect(new Set(same.map(({ body }) => body)).size).toBe(1);
    }
  });
});

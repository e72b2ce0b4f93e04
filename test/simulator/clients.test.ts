import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { millisecondsOf } from '../../src/model/time/duration.ts';
import { startTeam, type Team } from './client.ts';

type Values = Readonly<Record<string, unknown>>;

/** One request of a client. test/fixtures/clients/README.md documents the keys. */
interface Step {
  readonly why: string;
  readonly send: string;
  readonly query?: Values;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly status?: number;
  readonly reads?: Readonly<Record<string, string>>;
  readonly is?: Values;
  readonly take?: Readonly<Record<string, string>>;
  readonly until?: Values;
  readonly every?: string;
  readonly wait?: string;
}

interface Client {
  readonly client: string;
  readonly repository: string;
  readonly read: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly jobTime?: string;
  readonly leftOut: readonly string[];
  readonly requests: readonly Step[];
}

const directory = join(import.meta.dirname, '../fixtures/clients');

const clients = readdirSync(directory)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => parse(readFileSync(join(directory, name), 'utf8')) as Client);

test.each(clients)('$client gets from each answer what it needs', async (client) => {
  const jobTime = client.jobTime === undefined ? undefined : millisecondsOf(client.jobTime);
  await using team = await startTeam({
    key: 'key',
    ...(jobTime === undefined ? {} : { jobTime }),
  });
  const taken = new Map<string, string>();
  for (const step of client.requests) await replay(team, client, filled(step, taken), taken);
  expect(team.contract.problems).toEqual([]);
});

test('the recordings are of the clients that the documentation names', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/simulator.md'), 'utf8');
  expect(clients.map(({ repository }) => repository).toSorted()).toEqual([
    'Metaphysic-ai/terraform-provider-paperspace',
    'Paperspace/cli',
    'Paperspace/deploy-action',
    'PierreBeucher/cloudypad',
    'skypilot-org/skypilot',
  ]);
  for (const name of ['SkyPilot', 'cloudypad', 'Metaphysic', 'pspace', 'deploy action'])
    expect(page).toContain(name);
  for (const { requests } of clients) for (const { why } of requests) expect(why).toBeTruthy();
});

/** Replaces the placeholders in a step by values of earlier answers. */
function filled(step: Step, taken: ReadonlyMap<string, string>): Step {
  const text = JSON.stringify(step, (_, value: unknown) =>
    typeof value === 'string'
      ? value.replaceAll(/\{(\w+)\}/g, (_name, key: string) => {
          const earlier = taken.get(key);
          if (earlier === undefined) throw new Error(`no answer gave ${key}: ${step.why}`);
          return earlier;
        })
      : value,
  );
  return JSON.parse(text) as Step;
}

async function replay(
  team: Team,
  { headers }: Client,
  step: Step,
  taken: Map<string, string>,
): Promise<void> {
  const {
    why,
    status = 200,
    reads = {},
    is = {},
    take = {},
    until = {},
    every = '5s',
    wait,
  } = step;
  if (wait !== undefined) team.wait(millisecondsOf(wait) ?? NaN);
  let reply = await send(team, headers, step);
  for (let turn = 0; turn < 200 && !holds(reply, until); turn += 1) {
    team.wait(millisecondsOf(every) ?? NaN);
    reply = await send(team, headers, step);
  }
  expect(holds(reply, until), `${why}: it never gets ${JSON.stringify(until)}`).toBe(true);
  const { body } = reply;
  expect(reply.status, `${why}: ${JSON.stringify(body)}`).toBe(status);
  for (const [path, types] of Object.entries(reads))
    for (const value of valuesAt(body, path))
      expect(types.split(' or '), `${why}: ${path}`).toContain(typeOf(value));
  for (const [path, value] of Object.entries(is))
    expect(valuesAt(body, path), `${why}: ${path}`).toEqual([value]);
  for (const [name, path] of Object.entries(take)) taken.set(name, String(valuesAt(body, path)[0]));
}

function send(team: Team, headers: Client['headers'], step: Step): ReturnType<Team['send']> {
  const [method = '', path = ''] = step.send.split(' ');
  const all = { authorization: 'Bearer key', ...headers, ...step.headers };
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(step.query ?? {})) query.set(key, String(value));
  return team.send(method, query.size === 0 ? path : `${path}?${query.toString()}`, undefined, {
    headers: Object.fromEntries(
      Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
    ),
    ...(step.body && { body: JSON.stringify(step.body) }),
  });
}

const holds = ({ status, body }: Awaited<ReturnType<Team['send']>>, conditions: Values): boolean =>
  Object.entries(conditions).every(([path, wanted]) =>
    path === 'status'
      ? status === wanted
      : valuesAt(body, path).every((value) =>
          wanted === 'any text' ? typeof value === 'string' : value === wanted,
        ),
  );

/** Returns the values at a path such as `items[].state` or `data.id`. */
const valuesAt = (body: unknown, path: string): readonly unknown[] =>
  path
    .split(/\.|(?=\[\])/)
    .filter((part) => part !== '')
    .reduce<readonly unknown[]>(
      (values, part) =>
        part === '[]'
          ? values.flat()
          : values.map((value) => (value as Values | null | undefined)?.[part]),
      [body],
    );

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'string' ? 'text' : typeof value;
}

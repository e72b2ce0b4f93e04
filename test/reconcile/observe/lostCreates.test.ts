import { describe, expect, test } from 'vitest';
import { ApiError, type Api } from '../../../src/model/api.ts';
import type { Job } from '../../../src/model/kind/jobs.ts';
import type { Catalog, Listed } from '../../../src/model/kind/kind.ts';
import type { Desired, Reference } from '../../../src/model/resource.ts';
import { addressOf } from '../../../src/model/resource.ts';
import { completeListing } from '../../../src/reconcile/observe/observe.ts';
import { findLostCreates } from '../../../src/reconcile/observe/lostCreates.ts';
import { bound, catalog, declared, have, live, now, want, sentAt } from '../../support/team.ts';

const sent = '2026-11-21T09:50:00Z';
const job = (over: Partial<Job> = {}): Job => ({
  id: 'e1',
  verb: 'create',
  state: 'done',
  at: '2026-11-21T09:50:01Z',
  endedAt: '2026-11-21T09:52:00Z',
  machine: 'm1',
  ...over,
});
const without = (field: 'endedAt' | 'machine'): Job => {
  const { [field]: _, ...rest } = job();
  return rest;
};
const page = (...jobs: Job[]): readonly Job[] => jobs;
const machine = want('machines', 'a', {});
const template = (reference: Reference | undefined): Desired =>
  want('customTemplates', 't', { machine: reference });
const golden = have('machines', 'golden', {}, { id: 'g1' });
const taken = (over: Partial<Job> = {}): Job =>
  job({ verb: 'template-create', machine: 'g1', ...over });

interface Row {
  readonly name: string;
  readonly because: string;
  readonly resource?: Desired;
  readonly intent?: string | undefined;
  /** The pages of jobs, newest first; an error ends the list. */
  readonly jobs?: readonly (readonly Job[] | Error)[];
  /** The resources that the API returns by id. */
  readonly shows?: readonly Listed[];
  readonly listed?: readonly (typeof golden)[];
  /** The kinds whose list is incomplete. */
  readonly partial?: readonly string[];
  readonly bindings?: Readonly<Record<`${string}/${string}`, string>>;
  /** The machines in the listing afterwards, and when a job confirmed the create. */
  readonly machines?: readonly string[];
  readonly witnessed?: string;
  /** The number of pages of jobs that were read. */
  readonly pages?: number;
}

async function witness(row: Row) {
  let read = 0;
  const asked: string[] = [];
  const kinds = new Map(catalog.kinds);
  const machines = kinds.get('machines');
  if (!machines) throw new Error('there are machines');
  kinds.set('machines', {
    ...machines,
    get: async (_api, id) => {
      asked.push(id);
      return row.shows?.find((item) => item.id === id);
    },
  });
  const jobs: Catalog['jobs'] = {
    ...catalog.jobs,
    get: async () => undefined,
    async *tail() {
      for (const jobPage of row.jobs ?? []) {
        read += 1;
        if (jobPage instanceof Error) throw jobPage;
        yield jobPage;
      }
    },
  };
  const resource = row.resource ?? machine;
  const listing = (kind: string, items: readonly (typeof golden)[]) =>
    row.partial?.includes(kind)
      ? { kind, complete: false as const, items, byId: new Map(), error: 'no' }
      : completeListing({ name: kind }, items);
  const intents = new Map(
    'intent' in row && row.intent === undefined
      ? []
      : [[resource.address, sentAt(row.intent ?? sent)] as const],
  );
  const seen = await findLostCreates(
    {
      catalog: { ...catalog, kinds, jobs },
      resources: [resource],
      snapshot: new Map(
        ['machines', 'customTemplates'].map((kind) => [
          kind,
          listing(
            kind,
            (row.listed ?? []).filter((listed) => listed.kind === kind),
          ),
        ]),
      ),
      memory: {
        intents,
        bindings: new Map(
          Object.entries(row.bindings ?? {}).map(([address, id]) => {
            const [kind = '', name = ''] = address.split('/');
            return [addressOf(kind, name), bound(id)] as const;
          }),
        ),
      },
      now,
    },
    {} as Api,
  );
  return {
    machines: seen.snapshot.get('machines')?.items.map(({ id }) => id),
    witnessed: seen.intents.get(resource.address)?.witnessedAt,
    pages: read,
    asked,
  };
}

describe('a create whose response was lost', () => {
  test.each<Row>([
    { name: 'none', because: 'no request is sent', intent: undefined, pages: 0 },
    {
      name: 'listed by now',
      because: 'the list proves it',
      listed: [have('machines', 'a', {}, { id: 'm1' })],
      jobs: [page(job())],
      machines: ['m1'],
      pages: 0,
    },
    {
      name: 'a partial list',
      because: 'the rest may contain it',
      partial: ['machines'],
      jobs: [page(job())],
      pages: 0,
    },
    {
      name: 'a kind that has no jobs',
      because: 'there is no evidence to read',
      resource: want('privateNetworks', 'n', {}),
      jobs: [page(job())],
      pages: 0,
    },
    { name: 'no job', because: 'it did not happen', jobs: [page()], pages: 1 },
    {
      name: 'a job and its machine',
      because: 'the machine is added to the listing',
      jobs: [page(job())],
      shows: [{ id: 'm1', name: 'a', spec: {} }],
      machines: ['m1'],
      pages: 1,
    },
    {
      name: 'a job, but no machine yet',
      because: 'the job confirms it, as of its end',
      jobs: [page(job())],
      witnessed: '2026-11-21T09:52:00Z',
      pages: 1,
    },
    {
      name: 'a job without an end',
      because: 'the job confirms it, as of its beginning',
      jobs: [page(without('endedAt'))],
      witnessed: '2026-11-21T09:50:01Z',
      pages: 1,
    },
    {
      name: 'a running job',
      because: 'the job confirms it now',
      jobs: [page(job({ state: 'running' }))],
      witnessed: now.toISOString(),
      pages: 1,
    },
    {
      name: 'two jobs',
      because: 'the last end counts',
      jobs: [page(job(), job({ id: 'e2', machine: 'm2', endedAt: '2026-11-21T09:51:00Z' }))],
      witnessed: '2026-11-21T09:52:00Z',
      pages: 1,
    },
    {
      name: 'a job that failed',
      because: 'it created nothing',
      jobs: [page(job({ state: 'failed' }))],
      pages: 1,
    },
    {
      name: 'a job with another verb',
      because: 'a start creates no machine',
      jobs: [page(job({ verb: 'start' }))],
      pages: 1,
    },
    {
      name: 'a job without a machine',
      because: 'it names no machine',
      jobs: [page(without('machine'))],
      pages: 1,
    },
    {
      name: 'a job on a machine that is listed',
      because: 'it created that machine',
      listed: [have('machines', 'b', {}, { id: 'm1' })],
      jobs: [page(job())],
      machines: ['m1'],
      pages: 1,
    },
    {
      name: 'a job one minute older',
      because: 'clocks differ',
      jobs: [page(job({ at: '2026-11-21T09:49:00Z' }))],
      witnessed: '2026-11-21T09:52:00Z',
      pages: 1,
    },
    {
      name: 'a job more than a minute older',
      because: 'it belongs to another create, and older jobs are not read',
      jobs: [page(job({ at: '2026-11-21T09:48:59Z' })), page(job())],
      pages: 1,
    },
    {
      name: 'a job on the second page',
      because: 'jobs are read back to the create',
      jobs: [page(job({ verb: 'start' })), page(job())],
      witnessed: '2026-11-21T09:52:00Z',
      pages: 2,
    },
    {
      name: 'jobs that cannot be read',
      because: 'the intent stays open',
      jobs: [new ApiError('no', { verdict: 'unavailable' })],
      witnessed: now.toISOString(),
      pages: 1,
    },
  ])('$name: $because', async (row) => {
    const { machines, witnessed, pages } = await witness(row);
    expect({ machines, witnessed, pages }).toEqual({
      machines: row.machines ?? [],
      witnessed: row.witnessed,
      pages: row.pages,
    });
  });

  test.each<Row>([
    {
      name: 'bound',
      because: 'a binding has precedence over names',
      resource: template(declared('machines', 'golden')),
      bindings: { 'machines/golden': 'g2' },
      listed: [golden],
      jobs: [page(taken({ machine: 'g2' }))],
      witnessed: '2026-11-21T09:52:00Z',
    },
    {
      name: 'of that name',
      because: 'the list shows it',
      resource: template(live('machines', 'golden')),
      listed: [golden],
      jobs: [page(taken())],
      witnessed: '2026-11-21T09:52:00Z',
    },
    {
      name: 'pinned',
      because: 'its id is known',
      resource: template({ by: 'id', kind: 'machines', id: 'g1' }),
      jobs: [page(taken())],
      witnessed: '2026-11-21T09:52:00Z',
    },
    {
      name: 'another one',
      because: 'its template is another template',
      resource: template(declared('machines', 'golden')),
      listed: [golden],
      jobs: [page(taken({ machine: 'm9' }))],
    },
    {
      name: 'nobody',
      because: 'it names no machine',
      resource: template(undefined),
      listed: [golden],
      jobs: [page(taken())],
    },
    {
      name: 'bound, in an incomplete list',
      because: 'a binding needs no list',
      resource: template(declared('machines', 'golden')),
      bindings: { 'machines/golden': 'g1' },
      partial: ['machines'],
      jobs: [page(taken())],
      witnessed: '2026-11-21T09:52:00Z',
    },
    {
      name: 'of that name, in an incomplete list',
      because: 'the rest may contain another machine of that name',
      resource: template(live('machines', 'golden')),
      listed: [golden],
      partial: ['machines'],
      jobs: [page(taken())],
    },
    {
      name: 'not there',
      because: 'no machine has the name',
      resource: template(declared('machines', 'golden')),
      jobs: [page(taken())],
    },
  ])('of a template, made from a machine that is $name: $because', async (row) => {
    expect((await witness(row)).witnessed).toBe(row.witnessed);
  });

  test('twenty machines are requested, and the others count as created', async () => {
    const jobs = Array.from({ length: 21 }, (_, at) => job({ id: `e${at}`, machine: `m${at}` }));
    const { asked, witnessed } = await witness({
      name: '',
      because: '',
      jobs: [jobs],
      shows: jobs.slice(0, 20).map(({ machine: id = '' }) => ({ id, name: id, spec: {} })),
    });
    expect(asked).toHaveLength(20);
    expect(witnessed).toBe('2026-11-21T09:52:00Z');
  });

  test('a bug rejects', async () => {
    const broken = witness({ name: '', because: '', jobs: [new Error('a bug')] });
    await expect(broken).rejects.toThrow('a bug');
  });
});

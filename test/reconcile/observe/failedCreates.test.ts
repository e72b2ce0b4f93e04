import { expect, test } from 'vitest';
import { ApiError, type Api } from '../../../src/model/api.ts';
import type { Job } from '../../../src/model/kind/jobs.ts';
import { failedCreates } from '../../../src/reconcile/observe/failedCreates.ts';
import { machine } from '../../support/machines.ts';
import { bound, catalog, have, live, now, planFor, text, want } from '../../support/team.ts';

const boundAt = '2026-11-21T09:30:00Z';
const gone = `it was created at ${boundAt}, and was gone before it was ready`;
const job = (over: Partial<Job> = {}): Job => ({
  id: 'e1',
  verb: 'create',
  state: 'failed',
  machine: 'm1',
  error: 'no GPU left',
  at: '2026-11-21T09:30:01Z',
  ...over,
});
const unavailable = new ApiError('GET /machine-events got no answer', { verdict: 'unavailable' });

interface Row {
  readonly because: string;
  readonly kind?: 'machines' | 'startupScripts';
  /** The pages of jobs, newest first; an error ends the list. */
  readonly jobs?: readonly (readonly Job[] | Error)[];
  readonly status?: 'pending' | 'inSync';
  readonly created?: boolean;
  /** The error of the failure record; undefined: there is none. */
  readonly error?: string;
}

test.each<Row>([
  { because: 'its job says why', jobs: [[job()]], error: `${gone}: no GPU left` },
  {
    because: 'its job is on the second page',
    jobs: [[job({ machine: 'other' })], [job()]],
    error: `${gone}: no GPU left`,
  },
  {
    because: 'its job has no error text',
    jobs: [[{ ...job(), state: 'unclear', error: undefined } as unknown as Job]],
    error: gone,
  },
  {
    because: 'older jobs cannot be its own',
    jobs: [[job({ machine: 'other', at: '2026-11-21T09:00:00Z' })], [job()]],
    error: gone,
  },
  { because: 'the jobs cannot be read', jobs: [unavailable], error: gone },
  { because: 'its kind has no job for creates', kind: 'startupScripts', error: gone },
  { because: 'it was ready before it disappeared', status: 'inSync' },
  { because: 'somebody else created it', created: false },
])('a create whose resource disappeared: $because', async (row) => {
  const records = await recordsOf(row);
  expect(records.map(({ error }) => error)).toEqual(row.error === undefined ? [] : [row.error]);
});

test('a bug in the list of jobs is not hidden', async () => {
  await expect(recordsOf({ jobs: [new TypeError('a bug')] })).rejects.toThrow('a bug');
});

/** The failure records for a plan that creates a resource again. */
async function recordsOf(row: Omit<Row, 'because'>) {
  const { kind = 'machines', jobs = [], status = 'pending', created = true } = row;
  const desired =
    kind === 'machines'
      ? machine('m', { template: live('osTemplates', 'Ubuntu 22.04') })
      : want('startupScripts', 'm', { script: text('echo') });
  const { address } = desired;
  const plan = planFor({ want: [desired], have: [have('osTemplates', 'Ubuntu 22.04', {})] });
  async function* tail(): AsyncGenerator<readonly Job[]> {
    for (const page of jobs)
      if (page instanceof Error) throw page;
      else yield page;
  }
  return failedCreates(plan, {
    catalog: { ...catalog, jobs: { ...catalog.jobs, tail } },
    api: {} as Api,
    snapshot: new Map(),
    memory: {
      bindings: new Map([[address, bound('m1', { boundAt, created })]]),
      conditions: new Map([
        [address, { address, status, since: boundAt, reason: null, openSince: null }],
      ]),
      failures: new Map(),
    },
    fingerprints: { yaml: () => 'y', live: () => 'l', both: () => 'b', hasValues: () => false },
    now,
    random: () => 0.5,
  });
}

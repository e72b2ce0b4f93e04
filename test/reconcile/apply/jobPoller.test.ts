import { describe, expect, test } from 'vitest';
import { ApiError, type Api } from '../../../src/model/api.ts';
import type { Job } from '../../../src/model/kind/jobs.ts';
import type { Listed } from '../../../src/model/kind/kind.ts';
import { createJobPoller, type JobRequest } from '../../../src/reconcile/apply/jobPoller.ts';
import { autoClock } from '../../support/autoClock.ts';
import { catalog, now } from '../../support/team.ts';

const job = (over: Partial<Job>): Job => ({
  id: 'e',
  verb: 'create',
  state: 'done',
  at: now.toISOString(),
  ...over,
});
const machine = (over: Partial<Listed> = {}): Listed => ({ id: 'm', name: 'm', spec: {}, ...over });

interface Row {
  readonly name: string;
  readonly because: string;
  readonly work?: Partial<JobRequest>;
  /** The newest jobs, in pages. */
  readonly tail?: readonly (readonly Job[])[];
  /** The job as the API returns it by id. */
  readonly kept?: Job;
  /** The bug in the program. */
  readonly bug?: Error;
  readonly shows?: Listed | undefined;
  readonly is: string;
}

function follow({ work = {}, tail = [], kept, bug, ...row }: Row): Promise<string> {
  const machines = catalog.kinds.get('machines');
  if (!machines) throw new Error('there are machines');
  let asked = 0;
  const follower = createJobPoller({
    api: {} as Api,
    visibility: 120_000,
    catalog: {
      ...catalog,
      kinds: new Map([
        ...catalog.kinds,
        [
          'machines',
          {
            ...machines,
            get: async () => {
              asked += 1;
              // The first poll always fails, and is retried at the next interval.
              if (asked === 1) throw new ApiError('no', { verdict: 'unavailable' });
              return 'shows' in row ? row.shows : machine();
            },
          },
        ],
      ]),
      jobs: {
        ...catalog.jobs,
        get: async () => kept,
        async *tail() {
          if (bug) throw bug;
          yield* tail;
        },
      },
    },
    clock: autoClock(now),
    signal: new AbortController().signal,
    pages: () => 1,
  });
  return follower
    .follow({ kind: 'machines', id: 'm', event: 'e', gone: false, ...work })
    .then((end) => ('error' in end ? `${end.is} ${end.error}` : end.is));
}

describe('a pending job', () => {
  const other = job({ id: 'other', at: '2026-11-21T09:00:00Z' });
  test.each<Row>([
    {
      name: 'done',
      because: 'the job has ended, and the resource is ready',
      tail: [[job({})]],
      is: 'succeeded',
    },
    {
      name: 'failed',
      because: 'the job has an error',
      tail: [[job({ state: 'failed', error: 'no room' })]],
      is: 'failed no room',
    },
    {
      name: 'failed without an error',
      because: 'it gets an error all the same',
      tail: [[job({ state: 'failed' })]],
      is: 'failed it failed',
    },
    {
      name: 'a job on the second page',
      because: 'newer jobs come first',
      tail: [[job({ id: 'other' })], [job({ state: 'failed', error: 'no room' })]],
      is: 'failed no room',
    },
    {
      name: 'a job behind older jobs',
      because: 'the list ends there, and the job is requested by its id',
      tail: [[other], [job({ state: 'failed', error: 'never read' })]],
      kept: job({ state: 'failed', error: 'by its id' }),
      is: 'failed by its id',
    },
    {
      name: 'a job that is not kept',
      because: 'only the resource shows the result',
      tail: [[other]],
      is: 'succeeded',
    },
    {
      name: 'a resource that failed',
      because: 'its failure is the error',
      tail: [[job({})]],
      shows: machine({ ready: false, failure: 'it broke' }),
      is: 'failed it broke',
    },
    {
      name: 'gone',
      because: 'the action was a delete',
      work: { gone: true },
      tail: [[job({})]],
      shows: undefined,
      is: 'succeeded',
    },
    {
      name: 'of a kind without a get',
      because: 'the end of the job counts',
      work: { kind: 'ghosts' },
      tail: [[job({})]],
      is: 'succeeded',
    },
  ])('$name: $because', async (row) => {
    expect(await follow(row)).toBe(row.is);
  });

  test('rejects on a bug', async () => {
    const row = { name: '', because: '', is: '' };
    await expect(follow({ ...row, bug: new TypeError('a bug') })).rejects.toThrow('a bug');
  });
});

import { expect, test } from 'vitest';
import type { Job, JobPage } from '../../src/model/kind/jobs.ts';
import { newsOf, type SeenJobs } from '../../src/triggers/eventNews.ts';

/** A job as text: `e3@m` is the third job, on machine `m`, and has ended; `e3@m…` still runs; `e3` has no machine. */
function job(text: string): Job {
  const [, id = '', number = '', machine, running] = /^(e(\d+))(?:@(\w+))?(…)?$/.exec(text) ?? [];
  return {
    id,
    verb: 'stop',
    state: running ? 'running' : 'done',
    at: new Date(Date.UTC(2026, 10, 21, 9, Number(number))).toISOString(),
    ...(machine === undefined ? {} : { machine }),
  };
}

/** A page, newest job first; `…` at the end: older jobs follow. */
const page = (...texts: readonly string[]): JobPage => ({
  jobs: texts.filter((text) => text !== '…').map(job),
  more: texts.at(-1) === '…',
});

interface Row {
  readonly because: string;
  readonly pages: readonly JobPage[];
  /** The machines written to before each page. */
  readonly own?: readonly (readonly string[])[];
  /** The foreign jobs of each page; `missed` stands for those beyond it. */
  readonly news: readonly (readonly string[])[];
}

test.each<Row>([
  {
    because: 'the first page shows what the first pass has seen',
    pages: [page('e2@b', 'e1@a')],
    news: [[]],
  },
  {
    because: 'nothing has happened',
    pages: [page('e1@a'), page('e1@a'), page('e1@a')],
    news: [[], [], []],
  },
  {
    because: 'a job that was not there is news, once',
    pages: [page('e1@a'), page('e2@b', 'e1@a'), page('e2@b', 'e1@a')],
    news: [[], ['e2'], []],
  },
  {
    because: 'the first job of a team is news',
    pages: [page(), page('e1@a')],
    news: [[], ['e1']],
  },
  {
    because: 'a job without a machine is nobody’s',
    pages: [page('e1@a'), page('e2', 'e1@a')],
    own: [[], ['a']],
    news: [[], ['e2']],
  },
  {
    because: 'Holdfast has written to its machine',
    pages: [page('e1@a'), page('e3@b', 'e2@b', 'e1@a')],
    own: [[], ['b']],
    news: [[], []],
  },
  {
    because: 'Holdfast has written to another machine',
    pages: [page('e1@a'), page('e3@c', 'e2@b', 'e1@a')],
    own: [[], ['b']],
    news: [[], ['e3']],
  },
  {
    because: 'Holdfast has written to the machine before, and that job has ended',
    pages: [page('e1@a'), page('e2@a', 'e1@a'), page('e3@a', 'e2@a', 'e1@a')],
    own: [[], ['a'], []],
    news: [[], [], ['e3']],
  },
  {
    because: 'a job of its own that ends later is its own, and so is what follows from it',
    pages: [
      page('e1@a'),
      page('e2@b…', 'e1@a'),
      page('e2@b…', 'e1@a'),
      page('e3@b', 'e2@b', 'e1@a'),
      page('e4@b', 'e3@b', 'e2@b', 'e1@a'),
    ],
    own: [[], ['b'], [], [], []],
    news: [[], [], [], [], ['e4']],
  },
  {
    because: 'its own job may run in the first page',
    pages: [page('e1@a…'), page('e2@a', 'e1@a')],
    own: [['a'], []],
    news: [[], []],
  },
  {
    because: 'the machine of a foreign job can be changed only when the job has ended',
    pages: [page('e1@a'), page('e2@b…', 'e1@a'), page('e2@b…', 'e1@a'), page('e2@b', 'e1@a')],
    news: [[], ['e2'], [], ['e2']],
  },
  {
    because: 'a foreign job that runs at the start keeps its machine busy until it ends',
    pages: [page('e1@a…'), page('e1@a')],
    news: [[], ['e1']],
  },
  {
    because: 'Holdfast has written to the machine since the foreign job ended',
    pages: [page('e1@a…'), page('e2@a', 'e1@a')],
    own: [[], ['a']],
    news: [[], []],
  },
  {
    because: 'the order of jobs of the same time is not defined',
    pages: [page('e2@b', 'e1@a'), page('e1@a', 'e2@b')],
    news: [[], []],
  },
  {
    because: 'a new job may be listed after one that is known',
    pages: [page('e1@a'), page('e1@a', 'e2@b')],
    news: [[], ['e2']],
  },
  {
    because: 'an older job enters the page when others are deleted with their machine',
    pages: [page('e9@a', 'e8@b', 'e7@c', '…'), page('e9@a', 'e7@c', 'e6@d', '…')],
    news: [[], []],
  },
  {
    because: 'jobs that the API no longer keeps are no news',
    pages: [page('e3@a', 'e2@b', 'e1@c'), page('e3@a')],
    news: [[], []],
  },
  {
    because: 'more than a page is new: others may be hidden behind it, even if these are its own',
    pages: [page('e1@a'), page('e9@b', 'e8@b', '…'), page('e9@b', 'e8@b', '…')],
    own: [[], ['b'], []],
    news: [[], ['missed'], []],
  },
  {
    because: 'a page of new jobs is everything if no older ones follow',
    pages: [page('e1@a'), page('e9@b', 'e8@b')],
    own: [[], ['b']],
    news: [[], []],
  },
])('$because', ({ pages, own = [], news }) => {
  let seen: SeenJobs | undefined;
  const found = pages.map((one, index) => {
    const { foreign, missed, seen: next } = newsOf(one, seen, new Set(own[index]));
    seen = next;
    expect(seen.ids.size).toBeLessThanOrEqual(one.jobs.length);
    return [...foreign.map(({ id }) => id), ...(missed ? ['missed'] : [])];
  });
  expect(found).toEqual(news);
});

test('the clock of the API may be an hour ahead or behind: only its own times are compared', () => {
  for (const hours of [-1, 1]) {
    const shifted = ({ jobs, more }: JobPage): JobPage => ({
      more,
      jobs: jobs.map((one) => ({
        ...one,
        at: new Date(Date.parse(one.at) + hours * 3_600_000).toISOString(),
      })),
    });
    const { seen } = newsOf(shifted(page('e2@a', 'e1@a', '…')), undefined, new Set());
    const { foreign } = newsOf(shifted(page('e3@b', 'e2@a', '…')), seen, new Set());
    expect(foreign.map(({ id }) => id)).toEqual(['e3']);
  }
});

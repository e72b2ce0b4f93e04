import type { Job, JobPage } from '../model/kind/jobs.ts';

/** What is remembered of the last page of jobs. */
export interface SeenJobs {
  readonly ids: ReadonlySet<string>;
  /**
   * The time of the oldest job, in milliseconds by the clock of the API; undefined if there was no older one. An older
   * job that enters a later page, since others were deleted, is not new.
   */
  readonly oldest: number | undefined;
  /** The ids of the jobs that were running and that Holdfast did not cause. */
  readonly running: ReadonlySet<string>;
  /** The machines on which jobs ran that Holdfast caused. */
  readonly busy: ReadonlySet<string>;
}

/** What a page of jobs shows. */
export interface JobNews {
  /** The jobs that Holdfast did not cause, and that have begun or ended since the last page. */
  readonly foreign: readonly Job[];
  /** So many jobs are new that the page does not reach back to a known one: nobody knows what the others are. */
  readonly missed: boolean;
  readonly seen: SeenJobs;
}

/**
 * Compares the newest jobs with those of the last page. Without `seen`, the page is the baseline, and nothing is news.
 * `own` holds the machines that Holdfast has written to since the last page: their jobs are its own, and so are the
 * jobs of a machine on which one of its own jobs still ran. Times are compared among themselves only, so the clocks of
 * the API and of this machine may differ. Pure.
 */
export function newsOf(
  { jobs, more }: JobPage,
  seen: SeenJobs | undefined,
  own: ReadonlySet<string>,
): JobNews {
  const [ours, others] = partition(
    jobs,
    ({ machine }) =>
      machine !== undefined && (own.has(machine) || seen?.busy.has(machine) === true),
  );
  return {
    foreign: seen ? others.filter((job) => isNews(job, seen)) : [],
    missed: seen !== undefined && more && !jobs.some(({ id }) => seen.ids.has(id)),
    seen: {
      ids: idsOf(jobs),
      oldest: more ? Math.min(...jobs.map(timeOf)) : undefined,
      running: idsOf(others.filter(isRunning)),
      busy: new Set(ours.filter(isRunning).flatMap(({ machine }) => machine ?? [])),
    },
  };
}

/** A job is news when it begins, and again when it ends: until then nobody could change its machine. */
const isNews = (job: Job, { ids, oldest = -Infinity, running }: SeenJobs): boolean =>
  ids.has(job.id) ? running.has(job.id) && !isRunning(job) : timeOf(job) > oldest;

const isRunning = ({ state }: Job): boolean => state === 'running';

const timeOf = ({ at }: Job): number => Date.parse(at);

const idsOf = (jobs: readonly Job[]): ReadonlySet<string> => new Set(jobs.map(({ id }) => id));

const partition = (
  jobs: readonly Job[],
  test: (job: Job) => boolean,
): readonly [readonly Job[], readonly Job[]] => [
  jobs.filter(test),
  jobs.filter((job) => !test(job)),
];

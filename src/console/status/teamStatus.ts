import type { Condition } from '../../model/memory.ts';
import type { PassSummary, Report } from '../../model/pass/report.ts';
import type { Suspension, SuspensionTarget } from '../../model/pass/suspension.ts';
import type { Wake } from '../../model/pass/wake.ts';
import type { Address } from '../../model/resource.ts';
import { countOf } from '../../model/text/countOf.ts';
import type { Status } from '../../server/views.ts';

/** A resource that needs attention. */
export type Finding = Pick<Condition, 'address' | 'status' | 'since' | 'reason'>;

/** What `holdfast status` prints, from a store or a daemon. */
export interface TeamStatus extends Pick<
  Status,
  'configError' | 'nextPass' | 'currentPass' | 'notifications'
> {
  /** The last passes, newest first. */
  readonly passes: readonly PassSummary[];
  /** The resources that need attention. */
  readonly findings: readonly Finding[];
  readonly suspensions: readonly (Suspension & { readonly target: SuspensionTarget })[];
  /** The machines that run in spite of their timetables. */
  readonly wakes: readonly (Pick<Wake, 'until' | 'by'> & { readonly address: Address })[];
  /** The incomplete lists of the last pass, as far as its report is kept. */
  readonly incomplete: Report['incomplete'];
  /** Why the report of the last pass cannot be read, so that incomplete lists are not known; null if it can. */
  readonly reportError: string | null;
  /** Why the daemon is not ready; null if it is. */
  readonly notReady: string | null;
  /** Whether the last pass had another config than the present one. */
  readonly configChanged: boolean;
}

/** Whether the last pass found all in sync, and nothing has failed or changed since. Pure. */
export const isConverged = (status: TeamStatus): boolean =>
  status.passes.length > 0 && status.findings.length === 0 && failuresIn(status).length === 0;

/** The greatest number of lists or problems of a config that are named. */
const maxNamed = 5;

/** What keeps the state from being known or from being the declared one, as sentences. */
export function failuresIn(status: TeamStatus): readonly string[] {
  const { notReady, configError, configChanged, incomplete, currentPass } = status;
  return [
    ...(notReady === null ? [] : [`Not ready: ${notReady}`]),
    ...(configError === null
      ? []
      : [
          'The present config is not in force; the last good one is:',
          ...limited(configError.split('\n'), 'problem').map((text) => `  ${text}`),
        ]),
    ...(configChanged ? ['The config has changed since the last pass'] : []),
    ...limited(
      incomplete.map(({ kind, error }) => `${kind} could not be listed: ${error}`),
      'kind',
    ),
    ...(currentPass?.overdue
      ? [`The running pass does not end: it began at ${currentPass.startedAt}`]
      : []),
  ];
}

/** What does not work, but says nothing about the team, as sentences. */
export const warningsIn = ({ reportError, notifications }: TeamStatus): readonly string[] => [
  ...(reportError === null
    ? []
    : [`Whether the last pass could list everything is not known: ${reportError}`]),
  ...notifications
    .filter(({ error, off }) => error !== null || off)
    .map(({ sink, error, off, pending }) => {
      const state = off ? 'are off until the next start' : 'are not delivered';
      const waiting = pending > 0 ? ` (${countOf(pending, 'message')} waiting)` : '';
      return `Notifications to ${sink} ${state}${error === null ? '' : `: ${error}`}${waiting}`;
    }),
];

const limited = (texts: readonly string[], noun: string): readonly string[] =>
  texts.length <= maxNamed
    ? texts
    : [...texts.slice(0, maxNamed), `and ${countOf(texts.length - maxNamed, `more ${noun}`)}`];

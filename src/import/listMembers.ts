import { durationText } from '../model/time/duration.ts';
import { listKey } from '../model/pass/plan.ts';
import type { Snapshot } from '../model/pass/snapshot.ts';
import { leaveOnSignal } from '../console/signals.ts';
import { showRemaining } from '../console/terminal/progress.ts';
import { observeRequired } from '../reconcile/observe/observe.ts';
import { secondsOf } from '../reconcile/report/estimate.ts';
import type { Context } from '../setup/context.ts';
import type { OpenWorkspace } from '../setup/team/openWorkspace.ts';
import type { MemberRequest } from './entries/memberRequests.ts';

/**
 * The number of requests for one field that are not announced. At 10 requests per second, the rate that `throttle`
 * starts with by default, they take 5 seconds.
 */
const unannounced = 50;

/**
 * Lists members, with one request for each 120 of a resource, and at least one. Before that, says on stderr which
 * fields take more than 50 requests. Shows the progress on a terminal, where Ctrl-C clears it. `snapshot` has the
 * resources.
 */
export async function listMembers(
  context: Pick<Context, 'err' | 'status' | 'leave'>,
  workspace: Pick<OpenWorkspace, 'catalog' | 'api' | 'cache' | 'throttle'>,
  snapshot: Snapshot,
  requests: readonly MemberRequest[],
): Promise<Snapshot> {
  const { rate } = workspace.throttle();
  for (const line of announcements(requests, rate)) context.err(`${line}\n`);
  const waiting = new Map(
    requests.map((request) => [listKey(request), listText(request, snapshot)]),
  );
  using _ = leaveOnSignal(context);
  using progress = showRemaining(context.status, waiting, secondsOf(requests.length, rate));
  const listings = await Promise.all(
    requests.map(async (request) => {
      const listing = await observeRequired(workspace, [request]);
      progress.ended(listKey(request));
      return [...listing];
    }),
  );
  return new Map(listings.flat());
}

const listText = ({ kind, id, relation }: MemberRequest, snapshot: Snapshot): string =>
  `the ${relation} of ${kind}/${snapshot.get(kind)?.byId.get(id)?.name ?? id}`;

/** One line for each field that takes more than 50 requests. `rate`: the requests per second. Pure. */
export function announcements(requests: readonly MemberRequest[], rate: number): readonly string[] {
  const byField = Map.groupBy(requests, ({ kind, relation }) => `the ${relation} of the ${kind}`);
  return [...byField].flatMap(([field, { length, 0: first }]) =>
    first && length > unannounced
      ? [
          `${length.toLocaleString('en')} requests for ${field}, about ${secondsText(secondsOf(length, rate))}; --without ${first.relation} leaves them out`,
        ]
      : [],
  );
}

const secondsText = (seconds: number): string =>
  seconds < 10 ? `${seconds} s` : durationText(seconds * 1000);

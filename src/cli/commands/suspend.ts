import {
  everything,
  isInForce,
  maxReasonLength,
  type SuspensionTarget,
} from '../../model/pass/suspension.ts';
import type { Store } from '../../model/store.ts';
import { visible } from '../../model/text/visible.ts';
import { systemClock } from '../../model/time/clock.ts';
import { millisecondsOf } from '../../model/time/duration.ts';
import { timeOf } from '../../model/time/rfc3339.ts';
import { resumeTarget, suspendTarget, type By } from '../../daemon/http/control.ts';
import { cliActor } from '../../setup/actor.ts';
import { UserError, type Context } from '../../setup/context.ts';
import { toAddress } from '../../setup/parseAddress.ts';
import { openFreeStore } from '../../setup/team/openFreeStore.ts';
import { commandPath, createServerClient } from '../../setup/serverClient.ts';
import type { Where } from '../options.ts';

/** What a command suspends or resumes: exactly one of the two is given. */
interface Chosen extends Where {
  readonly resource: string | undefined;
  readonly all: boolean;
}

/** `holdfast suspend`: stops all actions on a resource, or on everything. */
export async function suspend(
  context: Context,
  flags: Chosen & { readonly reason: string | undefined; readonly until: string | undefined },
): Promise<number> {
  const target = targetOf(flags);
  const details = { reason: reasonOf(flags.reason), until: untilOf(flags.until) };
  if (flags.server === undefined)
    await onStore(context, flags, target, (store, by) => suspendTarget(store, target, details, by));
  else await createServerClient(flags.server, context).post(pathOf(target, 'suspend'), details);
  const end = details.until === null ? 'until it is resumed' : `until ${details.until}`;
  context.out(visible(`${nameOf(target)} is suspended ${end}`) + '\n');
  return 0;
}

/** `holdfast resume`: ends the suspension of a resource, or of everything. */
export async function resume(context: Context, flags: Chosen): Promise<number> {
  const target = targetOf(flags);
  if (flags.server === undefined)
    await onStore(context, flags, target, (store, by) => resumeTarget(store, target, by));
  else await createServerClient(flags.server, context).post(pathOf(target, 'resume'));
  context.out(visible(`${nameOf(target)} is resumed`) + '\n');
  return 0;
}

/** Changes a store that no daemon holds. Rejects with a `UserError` if its last pass found no such resource. */
async function onStore(
  context: Context,
  { simulate }: Where,
  target: SuspensionTarget,
  change: (store: Store, by: By) => Promise<void>,
): Promise<void> {
  await using free = await openFreeStore(context, simulate);
  const conditions = target === everything ? [] : await free.store.lastConditions();
  if (target !== everything && conditions.every(({ address }) => address !== target))
    throw new UserError(`nothing was done: the last pass found no resource ${target}`);
  await change(free.store, { actor: cliActor(), now: systemClock.now(), commit: free.commit });
}

function targetOf({ resource, all }: Chosen): SuspensionTarget {
  if ((resource === undefined) !== all)
    throw new UserError('give either KIND/NAME, such as machines/trainer-1, or --all');
  return resource === undefined ? everything : toAddress(resource);
}

const pathOf = (target: SuspensionTarget, verb: 'suspend' | 'resume'): string =>
  target === everything ? `/api/v1/${verb}` : commandPath(target, verb);

const nameOf = (target: SuspensionTarget): string =>
  target === everything ? 'everything' : target;

function reasonOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (text.trim() === '' || text.length > maxReasonLength)
    throw new UserError(`--reason: write 1 to ${maxReasonLength} characters`);
  return text;
}

/** The end of a suspension: an RFC 3339 time, or a duration from now on. */
function untilOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const now = systemClock.now();
  const span = millisecondsOf(text);
  const until =
    span === undefined || span > longestMs
      ? timeOf(text)
      : new Date(now.getTime() + span).toISOString();
  if (until === undefined || !isInForce({ until }, now))
    throw new UserError(
      `--until ${text}: write a time to come, such as 2027-01-31T18:00:00+01:00, or a duration of at most 3650d, such as 4h`,
    );
  return until;
}

const longestMs = 3650 * 86_400_000;

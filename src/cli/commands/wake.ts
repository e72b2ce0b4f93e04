import { wakeEndProblem } from '../../model/pass/wake.ts';
import type { Address } from '../../model/resource.ts';
import { visible } from '../../model/text/visible.ts';
import { systemClock } from '../../model/time/clock.ts';
import { millisecondsOf } from '../../model/time/duration.ts';
import { timeOf } from '../../model/time/rfc3339.ts';
import { wakeResource } from '../../daemon/http/control.ts';
import { cliActor } from '../../setup/actor.ts';
import { UserError, type Context } from '../../setup/context.ts';
import { toAddress } from '../../setup/parseAddress.ts';
import { openFreeStore } from '../../setup/team/openFreeStore.ts';
import { commandPath, createServerClient } from '../../setup/serverClient.ts';
import type { Where } from '../options.ts';

/** What to wake, and until when. Exactly one of the last three is given. */
interface WakeFlags extends Where {
  readonly resource: string;
  readonly for: string | undefined;
  readonly until: string | undefined;
  readonly cancel: boolean;
}

/** `holdfast wake`: lets a machine run for a time, whatever its timetable says, or ends that. */
export async function wake(context: Context, flags: WakeFlags): Promise<number> {
  const target = toAddress(flags.resource);
  const until = endOf(flags, systemClock.now());
  if (flags.server === undefined) await onStore(context, flags, target, until);
  else await createServerClient(flags.server, context).post(commandPath(target, 'wake'), { until });
  const text =
    until === null
      ? 'follows its timetable again'
      : `runs until ${until}, unless a guard blocks it`;
  context.out(visible(`${target} ${text}`) + '\n');
  return 0;
}

/** Changes a store that no daemon holds. */
async function onStore(
  context: Context,
  { simulate }: Where,
  address: Address,
  until: string | null,
): Promise<void> {
  await using free = await openFreeStore(context, simulate);
  const { store, commit } = free;
  const by = { actor: cliActor(), now: systemClock.now(), commit };
  const result = await wakeResource({ ...free, store }, { address, until }, by);
  if (result !== 'done') throw new UserError(`nothing was done: ${result.error}`);
}

function endOf({ for: span, until, cancel }: WakeFlags, now: Date): string | null {
  if ([span !== undefined, until !== undefined, cancel].filter(Boolean).length !== 1)
    throw new UserError('give one of --for 4h, --until 2027-01-31T18:00:00+01:00, and --cancel');
  if (cancel) return null;
  const end = span === undefined ? timeOf(until ?? '') : timeAfter(span, now);
  if (end === undefined)
    throw new UserError(
      span === undefined
        ? `--until ${until}: write a time such as 2027-01-31T18:00:00+01:00`
        : `--for ${span}: write a duration such as 4h or 1h30m`,
    );
  const problem = wakeEndProblem(end, now);
  if (problem !== undefined) throw new UserError(problem);
  return end;
}

function timeAfter(span: string, now: Date): string | undefined {
  const time = new Date(now.getTime() + (millisecondsOf(span) ?? NaN));
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

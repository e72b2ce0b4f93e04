import type { Observed } from '../../../model/resource.ts';
import { ageText } from '../../../model/time/age.ts';
import type { TeamView, Unused, WasteRule } from '../../../model/money/waste.ts';

/**
 * A machine that has been off for long, or that runs and that nothing will ever stop: neither an auto-shutdown nor a
 * declared power state. Machines that somebody declares as running are meant to run.
 */
export const machineWaste: WasteRule = (live, team) =>
  live.spec['state'] === 'off' ? offForLong(live, team) : neverStopped(live, team);

/** It has been off at least since the API last changed it. */
function offForLong({ changedAt }: Observed, { now, offAfter }: TeamView): Unused | undefined {
  if (changedAt === undefined) return undefined;
  const age = now.getTime() - changedAt * 1000;
  if (age <= offAfter) return undefined;
  return {
    reason: `off for at least ${ageText(age / 1000)}; its disk still costs`,
    since: new Date(changedAt * 1000).toISOString(),
    end: 'absent',
  };
}

function neverStopped({ spec }: Observed, { declared }: TeamView): Unused | undefined {
  if (spec['state'] !== 'running' || spec['autoShutdownEnabled'] === true) return undefined;
  if (declared?.['state'] !== undefined) return undefined;
  return {
    reason: 'runs, and neither an auto-shutdown nor a timetable will ever stop it',
    end: { state: { running: 'Mon-Fri 08:00-19:00' } },
  };
}

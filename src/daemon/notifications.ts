import type { AlertChanges } from '../model/notify/alert.ts';
import type { Report } from '../model/pass/report.ts';
import type { Settings } from '../model/settings.ts';
import { alertChanges, sinksOf, type ConfiguredSink } from '../notify/alertChanges.ts';
import { findingsOf } from '../notify/findings.ts';
import { createOutbox, type DeliveryOutcome, type SinkStatus } from '../notify/outbox.ts';
import type { OpenWorkspace } from '../setup/team/openWorkspace.ts';
import { openSinks } from '../setup/openSinks.ts';
import type { Context } from '../setup/context.ts';
import { createAlarm } from '../triggers/wake.ts';
import type { FollowedConfig } from './config/followedConfig.ts';

/** The notifications of a daemon. Disposing of them gives up what is being sent: it is in the store. */
export interface Notifications extends AsyncDisposable {
  /** Computes what a pass changes, to be recorded with it; undefined: nothing. */
  changesOf(report: Report, settings: Settings): Promise<AlertChanges | undefined>;
  /** Delivers what is due in the background, and later what could not be delivered. To be called after each pass. */
  deliver(): void;
  status(): readonly SinkStatus[];
}

/** The delay after which delivery continues if the store could not be used, in milliseconds. */
const retryMs = 10_000;

/** Makes the notifications of a daemon. What an earlier process did not deliver is delivered first. */
export function createNotifications(
  context: Context,
  { store, clock, random }: OpenWorkspace,
  config: FollowedConfig,
  onAttempt: (sink: string, outcome: DeliveryOutcome) => void,
): Notifications {
  const stopping = new AbortController();
  const { log } = context;
  const settings = (): Settings => config.current().settings;
  const deliver = openSinks(context, () => settings().server, stopping.signal);
  const outbox = createOutbox({ store, deliver, clock, random, log, onAttempt });
  const sinks = (): readonly ConfiguredSink[] => sinksOf(settings().notify);
  /** Whether the store may hold alerts or messages. */
  let isUsed = true;
  const alarm = createAlarm(clock, () => start());
  let wanted = false;
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (wanted && !stopping.signal.aborted) {
      wanted = false;
      try {
        alarm.at(await outbox.deliverDue(sinks(), stopping.signal));
      } catch (error) {
        log.error({ err: error }, 'notifications could not be delivered; trying again');
        alarm.at(new Date(clock.now().getTime() + retryMs));
      }
    }
    running = undefined;
  };
  const start = (): void => {
    wanted = true;
    running ??= run();
  };
  return {
    async changesOf(report, { notify }) {
      if (notify.length === 0 && !isUsed) return undefined;
      isUsed = notify.length > 0;
      const findings = findingsOf(report, config.error());
      return alertChanges(sinksOf(notify), await store.alertState(), findings);
    },
    deliver: start,
    status: () => outbox.status(),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
      alarm[Symbol.dispose]();
    },
  };
}

import { ulid } from 'ulid';
import { jsonText } from '../../model/text/visible.ts';
import { systemClock } from '../../model/time/clock.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { requireFormat } from '../../console/printReport.ts';
import { sinksOf } from '../../notify/alertChanges.ts';
import { requireConfig } from '../../setup/loadConfig.ts';
import { openSinks } from '../../setup/openSinks.ts';
import { workspaceOf, type Context } from '../../setup/context.ts';

/** `holdfast notify test`: sends a test message to each sink. Exits with 1 if one was not delivered. */
export async function notifyTest(context: Context): Promise<number> {
  requireFormat(context);
  const { settings } = await requireConfig(context, await loadCatalog());
  const sinks = sinksOf(settings.notify);
  const deliver = openSinks(context, () => settings.server, new AbortController().signal);
  const now = systemClock.now();
  const message = {
    id: ulid(now.getTime()),
    workspace: workspaceOf(context),
    pass: null,
    at: now.toISOString(),
    event: 'test' as const,
    opened: [],
    resolved: [],
  };
  const results = await Promise.all(
    sinks.map(async ({ id, notification }) => {
      const delivery = await deliver(message, notification);
      return { sink: id, error: delivery.result === 'delivered' ? null : delivery.reason };
    }),
  );
  if (context.options.format === 'json')
    context.out(`${jsonText({ schema: 'holdfast/notify-test/v1', items: results }, 2)}\n`);
  else if (sinks.length === 0) context.out('no sink is configured: add one to settings.notify\n');
  else
    for (const { sink, error } of results)
      context.out(`${sink}: ${error === null ? 'delivered' : `not delivered: ${error}`}\n`);
  return results.some(({ error }) => error !== null) ? 1 : 0;
}

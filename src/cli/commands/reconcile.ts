import type { PassSummary, Report } from '../../model/pass/report.ts';
import type { Status } from '../../server/views.ts';
import { systemClock } from '../../model/time/clock.ts';
import {
  exitCodeOf,
  printIncomplete,
  printReport,
  requireReportFormat,
} from '../../console/printReport.ts';
import { UserError, type Context } from '../../setup/context.ts';
import { createServerClient, type ServerClient } from '../../setup/serverClient.ts';

/** The pause between two looks at the passes of the daemon, in milliseconds. */
const pollMs = 500;

/**
 * `holdfast reconcile`: requests a pass of a running daemon. With `wait` it waits for the end of that pass, at most
 * `timeout` milliseconds, prints its report, and exits like `apply`.
 */
export async function reconcile(
  context: Context,
  { server, wait, timeout }: { server: string | undefined; wait: boolean; timeout: number },
): Promise<number> {
  requireReportFormat(context);
  if (server === undefined)
    throw new UserError(
      'reconcile asks a running daemon for a pass: give its address with --server URL (HOLDFAST_SERVER); without a daemon, run holdfast apply',
    );
  const client = createServerClient(server, context);
  const { requestedAt } = (await client.post('/api/v1/reconcile')) as { requestedAt?: unknown };
  if (!wait) {
    context.out('a pass was requested\n');
    return 0;
  }
  if (typeof requestedAt !== 'string')
    throw new UserError(`${client.url} runs a version of Holdfast that --wait cannot follow`);
  const pass = await passAfter(client, requestedAt, timeout);
  const report = (await client.get(`/api/v1/passes/${pass}`)) as Report;
  printReport(context, report);
  printIncomplete(context, report);
  return exitCodeOf(report);
}

/**
 * The id of the first pass that began after the request, once it has ended. Both times are of the daemon's clock. A
 * pass is in the list before its report is kept, and in the status after it.
 */
async function passAfter(
  client: ServerClient,
  requestedAt: string,
  timeout: number,
): Promise<string> {
  const deadline = systemClock.steady() + timeout;
  while (systemClock.steady() < deadline) {
    const { lastPass } = (await client.get('/api/v1/status')) as Pick<Status, 'lastPass'>;
    const { items } = (await client.get('/api/v1/passes?limit=200')) as {
      readonly items: readonly PassSummary[];
    };
    const ended = items.findLast(
      ({ pass, startedAt }) =>
        lastPass !== null && pass <= lastPass.pass && startedAt >= requestedAt,
    );
    if (ended) return ended.pass;
    await systemClock.sleep(pollMs);
  }
  throw new UserError(
    `the requested pass has not ended within --timeout; ${client.url} goes on with it (see holdfast status)`,
  );
}

import { once } from 'node:events';
import { UserError, type Context } from '../../setup/context.ts';
import { openSimulator } from '../../setup/team/openSimulator.ts';
import { parseFault } from '../../simulator/faults/parseFault.ts';

/** The flags of `holdfast simulate`. */
export interface SimulateFlags {
  /** The port to listen on; 0: any free one. */
  readonly port: number;
  /** The file that keeps the team; undefined: memory only. */
  readonly state: string | undefined;
  /** Faults in the syntax of `parseFault`. */
  readonly fault: readonly string[];
  /** The delay before each response, in milliseconds. */
  readonly latency: number;
  /** The duration of each job in milliseconds; undefined: about a second. */
  readonly jobTime: number | undefined;
  /** Requests per second; 0: no limit. */
  readonly rateLimit: number;
  /** The only accepted key; undefined: any. */
  readonly key: string | undefined;
}

/** `holdfast simulate`: serves a local Paperspace API until it is stopped. */
export async function simulate({ out }: Context, flags: SimulateFlags): Promise<number> {
  await using simulator = await openSimulator({
    port: flags.port,
    record: false,
    ...(flags.state === undefined ? {} : { stateFile: flags.state }),
    ...(flags.key === undefined ? {} : { key: flags.key }),
    ...(flags.jobTime === undefined ? {} : { jobTime: flags.jobTime }),
    ...(flags.latency > 0 ? { latency: { min: flags.latency, max: flags.latency } } : {}),
    ...(flags.rateLimit > 0
      ? { rateLimit: { perSecond: flags.rateLimit, burst: flags.rateLimit } }
      : {}),
  });
  for (const text of flags.fault) simulator.fault(parsedFault(text));
  out(
    `a simulated Paperspace listens on ${simulator.url}/v1\n` +
      `PAPERSPACE_API_URL=${simulator.url}/v1 PAPERSPACE_API_KEY=${flags.key ?? 'any'} holdfast plan\n`,
  );
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  return 0;
}

function parsedFault(text: string): ReturnType<typeof parseFault> {
  try {
    return parseFault(text);
  } catch (error) {
    throw new UserError(`--fault: ${error instanceof Error ? error.message : String(error)}`);
  }
}

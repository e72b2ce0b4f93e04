import { readResponse } from '../../src/api/transport/response.ts';
import type { Answer, Failure } from '../../src/api/requests/failure.ts';
import type { Request } from '../../src/api/requests/request.ts';
import type { Transport } from '../../src/api/transport/transport.ts';
import type { Clock } from '../../src/model/time/clock.ts';
import { loadCollections } from '../../src/simulator/collections/lib/load.ts';
import { exchange, type Outcome, type Service } from '../../src/simulator/http/exchange.ts';
import { Faults } from '../../src/simulator/faults/faults.ts';
import { readOptions } from '../../src/simulator/options.ts';
import { createBucket } from '../../src/simulator/http/rateLimit.ts';
import { Recorder } from '../../src/simulator/http/record.ts';
import type { Simulator, SimulatorOptions } from '../../src/simulator/simulator.ts';
import { createValidator } from '../../src/simulator/http/validate.ts';
import { newWorld } from '../../src/simulator/state/stateFile.ts';
import type { Incoming } from '../../src/simulator/http/wire.ts';

/** A simulated team that is called directly instead of over a socket. */
export interface InProcess extends Pick<
  Simulator,
  'world' | 'requests' | 'fault' | 'clearFaults' | 'onExchange'
> {
  /** Returns a transport for `createApi`. Any number of clients may use one. */
  transport(wire?: Wire): Transport;
}

/** The simulated network between a client and the team. */
export interface Wire {
  /** The API key of the requests. Default: `key`. */
  readonly key?: string;
  /** The timeout of a request in milliseconds. Default: 30,000. */
  readonly timeout?: number;
  /**
   * Returns the milliseconds from a request to its answer, half of them on the way to the team; called for each
   * request. Default: none.
   */
  readonly latency?: () => number;
}

const collections = await loadCollections();

/** Shared by all teams, since compiling the schemas takes longer than a short scenario. */
const validator = createValidator();

/**
 * Creates a team that uses the clock. The options `port` and `latency` apply to sockets only, and `stateFile` is
 * ignored.
 */
export function inProcess(
  clock: Clock,
  options: Omit<SimulatorOptions, 'now' | 'port' | 'latency' | 'stateFile'> = {},
): InProcess {
  const settings = readOptions({ ...options, now: () => clock.now().getTime() });
  const world = newWorld(settings, collections);
  const service: Service = {
    world,
    handlers: collections.handlers,
    validator,
    faults: new Faults(),
    bucket: createBucket(settings.rateLimit),
  };
  const recorder = new Recorder(settings.record);
  const serve = (incoming: Incoming): Outcome => {
    const outcome = exchange(service, incoming);
    recorder.add(incoming, outcome);
    return outcome;
  };
  return {
    world,
    requests: recorder.requests,
    fault: (fault) => service.faults.add(fault),
    clearFaults: () => service.faults.clear(),
    onExchange: (listener) => recorder.listen(listener),
    transport: (wire) => inProcessTransport(serve, clock, wire),
  };
}

/** A request whose answer is lost has been carried out, as over a network. */
function inProcessTransport(
  serve: (incoming: Incoming) => Outcome,
  clock: Clock,
  { key = 'key', timeout = 30_000, latency = () => 0 }: Wire = {},
): Transport {
  const carry = async (request: Request): Promise<Answer | Failure> => {
    const half = latency() / 2;
    await pass(clock, half, request.signal);
    const { answer } = serve(incomingOf(request, key));
    await pass(clock, answer === 'hang' ? timeout - half : half, request.signal);
    if (answer === 'hang') return { sort: 'lost', reason: 'no answer in time' };
    if (answer === 'reset') return { sort: 'lost', reason: 'the connection was reset' };
    const { status: statusCode, headers = {}, text: body } = answer;
    return readResponse(request, { statusCode, headers, body: Buffer.from(body) });
  };
  return {
    exchange: (request) =>
      carry(request).catch((error: unknown) => {
        if (request.signal?.aborted) return { sort: 'stopped' };
        throw error;
      }),
    [Symbol.dispose]: () => undefined,
  };
}

async function pass(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (milliseconds > 0) await clock.sleep(milliseconds, signal);
}

/** Converts a request to its form on a socket, where all query parameters are text. */
function incomingOf({ method, path, query = {}, json }: Request, key: string): Incoming {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return {
    method,
    path,
    query: Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
    contentType: json ? 'application/json' : '',
    authorization: `Bearer ${key}`,
    text: json ? JSON.stringify(json) : '',
  };
}

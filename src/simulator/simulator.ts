/**
 * A local Paperspace for tests and `holdfast simulate`: HTTP requests in, answers out. http/wire.ts receives a request
 * and http/exchange.ts carries it out: faults/, rate limit, http/perform.ts, and a handler of collections/ that works
 * on world/. collections/lib/load.ts finds the collections. state/ fills, saves, and loads the world. The simulator
 * shares no code with the program, or it would share its mistakes.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { loadCollections } from './collections/lib/load.ts';
import { exchange, type Outcome, type Service } from './http/exchange.ts';
import { Faults, type Fault } from './faults/faults.ts';
import { readOptions, type SimulatorOptions } from './options.ts';
import { createBucket } from './http/rateLimit.ts';
import { Recorder, type ExchangeListener, type RecordedRequest } from './http/record.ts';
import { Refusal } from './http/refusal.ts';
import { createValidator } from './http/validate.ts';
import { createSave, openWorld, type Save } from './state/stateFile.ts';
import { receive, refusalAnswer, send, type Answer } from './http/wire.ts';
import type { World } from './world/world.ts';

export type { Fault } from './faults/faults.ts';
export { parseFault } from './faults/parseFault.ts';
export type { SimulatorOptions } from './options.ts';
export type { Exchange } from './http/record.ts';
export { seedMachines } from './state/seedMachines.ts';
export type { World } from './world/world.ts';

/** A simulated Paperspace team on loopback. Disposing of it closes it immediately, even with open requests. */
export interface Simulator extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. Paths are served with and without the prefix `/v1`. */
  readonly url: string;
  readonly port: number;
  /** All requests since the start, oldest first. Empty with `record: false`. */
  readonly requests: readonly RecordedRequest[];
  /** The state of the team. Tests may change it. */
  readonly world: World;
  /** Arms a fault. */
  fault(fault: Fault): void;
  /** Disarms all faults. */
  clearFaults(): void;
  /** Registers a listener for all requests and their answers. */
  onExchange(listener: ExchangeListener): void;
}

/**
 * Starts a simulator. Rejects if the port is taken, if the state file exists and is invalid, or if it cannot be
 * written.
 *
 *     await using simulator = await startSimulator({ jobTime: 0 });
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings = readOptions(options);
  const collections = await loadCollections();
  const world = await openWorld(settings, collections);
  const service: Service = {
    world,
    handlers: collections.handlers,
    validator: createValidator(),
    faults: new Faults(),
    bucket: createBucket(settings.rateLimit),
  };
  const recorder = new Recorder(settings.record);
  const server = createServer({ keepAliveTimeout: 60_000 });
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  server.listen(settings.port, '127.0.0.1');
  await once(server, 'listening');
  const save = settings.stateFile === undefined ? undefined : createSave(world, settings.stateFile);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void serve({ ...service, recorder, save }, request, response);
  });
  await save?.().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests: recorder.requests,
    world,
    fault: (fault) => service.faults.add(fault),
    clearFaults: () => service.faults.clear(),
    onExchange: (listener) => recorder.listen(listener),
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      await close();
      await save?.();
    },
  };
}

interface Serving extends Service {
  readonly recorder: Recorder;
  /** Undefined if the world is not saved. */
  readonly save: Save | undefined;
}

async function serve(
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const incoming = await receive(request);
    const outcome = exchange(serving, incoming);
    serving.recorder.add(incoming, outcome);
    const failure = serving.save && outcome.hasWritten ? await failureOf(serving.save) : undefined;
    await pause(serving.world);
    deliver(failure ?? outcome.answer, request, response, serving.world.now);
  } catch (error) {
    if (request.destroyed && !request.complete) return;
    if (error instanceof Refusal) return send(response, refusalAnswer(error), serving.world.now);
    response.destroy();
    throw error;
  }
}

/** Saves the world, and returns a 500 if that fails: no client may receive the answer to a write that may be lost. */
const failureOf = (save: Save): Promise<Answer | undefined> =>
  save().then(
    () => undefined,
    ({ message }: Error) =>
      refusalAnswer(new Refusal(500, `the state file cannot be written: ${message}`)),
  );

function deliver(
  answer: Outcome['answer'],
  request: IncomingMessage,
  response: ServerResponse,
  now: number,
): void {
  if (answer === 'hang') return;
  if (answer === 'reset') request.socket.resetAndDestroy();
  else if (!response.destroyed) send(response, answer, now);
}

async function pause({ settings: { latency } }: World): Promise<void> {
  if (latency)
    await delay(latency.min + Math.random() * (latency.max - latency.min), undefined, {
      ref: false,
    });
}

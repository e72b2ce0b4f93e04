import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { exchange, type Outcome, type Service } from './http/exchange.ts';
import { Faults, type Fault } from './faults/faults.ts';
import { readOptions, type SimulatorOptions } from './options.ts';
import { createBucket } from './http/rate-limit.ts';
import { Recorder, type ExchangeListener, type RecordedRequest } from './http/record.ts';
import { Refusal } from './http/refusal.ts';
import { createSave, openWorld, type Save } from './state/state-file.ts';
import { receive, refusalAnswer, send, type Answer } from './http/wire.ts';
import type { World } from './world/world.ts';

export { parseFault, type Fault } from './faults/faults.ts';
export type { SimulatorOptions } from './options.ts';
export type { Exchange } from './http/record.ts';
export { seedMachines } from './state/seed-machines.ts';
export type { World } from './world/world.ts';

/** A Paperspace team on loopback. Disposing it closes at once, even with requests hanging. */
export interface Simulator extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. Paths are served with and without `/v1` before them. */
  readonly url: string;
  readonly port: number;
  /** Every request since the start, oldest first; empty with `record: false`. */
  readonly requests: readonly RecordedRequest[];
  /** What the team has; may be changed. */
  readonly world: World;
  /** Arms a fault. */
  fault(fault: Fault): void;
  /** Disarms all faults. */
  clearFaults(): void;
  /** Calls the listener with each request and its answer. */
  onExchange(listener: ExchangeListener): void;
}

/**
 * Starts a simulator. Rejects when the port is taken, when the state file exists and cannot be used, or when it cannot be written.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings = readOptions(options);
  const world = await openWorld(settings);
  const service: Service = {
    world,
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
  /** Undefined when the world is not kept. */
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

/** Nobody is told of a write that may be lost: a world that cannot be saved answers 500. */
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

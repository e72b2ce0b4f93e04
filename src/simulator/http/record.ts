import { route } from './contract.ts';
import type { Outcome } from './exchange.ts';
import type { Incoming } from './wire.ts';

/** A received request. Status 0: no answer was sent. */
export interface RecordedRequest {
  readonly method: string;
  /** The path without `/v1` and query. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  /** The parsed body, if it is JSON and reached the API. */
  readonly body: unknown;
  readonly status: number;
}

/** A request and its answer on the wire. */
export interface Exchange {
  /** Null if the contract has no such operation. */
  readonly operationId: string | null;
  readonly method: string;
  /** The path in the contract's form, or else as requested. */
  readonly path: string;
  readonly pathParams: Readonly<Record<string, string>>;
  /** Numbers as text. */
  readonly query: Readonly<Record<string, unknown>>;
  readonly requestBody: unknown;
  /** 0 when no answer was sent. */
  readonly status: number;
  /** The parsed body, or its text if it is not JSON. */
  readonly responseBody: unknown;
  /** Whether a fault caused the answer. */
  readonly isFaulty: boolean;
}

export type ExchangeListener = (exchange: Exchange) => void;

const maxRequests = 100_000;

/** Keeps the newest requests, and notifies listeners of each exchange. */
export class Recorder {
  readonly requests: RecordedRequest[] = [];
  readonly #listeners: ExchangeListener[] = [];
  readonly #keeps: boolean;

  constructor(keeps: boolean) {
    this.#keeps = keeps;
  }

  listen(listener: ExchangeListener): void {
    this.#listeners.push(listener);
  }

  add(incoming: Incoming, outcome: Outcome): void {
    if (this.#keeps) this.#keep(incoming, outcome);
    if (this.#listeners.length === 0) return;
    const exchange = describe(incoming, outcome);
    for (const listener of this.#listeners) listener(exchange);
  }

  #keep({ method, path, query, text }: Incoming, { answer }: Outcome): void {
    const status = typeof answer === 'string' ? 0 : answer.status;
    this.requests.push({ method, path, query, body: parse(text), status });
    if (this.requests.length > maxRequests) this.requests.splice(0, maxRequests / 10);
  }
}

function describe(incoming: Incoming, { answer, isFaulty }: Outcome): Exchange {
  const found = route(incoming.method, incoming.path);
  return {
    operationId: found?.operation.id ?? null,
    method: incoming.method,
    path: found?.operation.template ?? incoming.path,
    pathParams: found?.params ?? {},
    query: Object.fromEntries(
      Object.entries(incoming.query).map(([key, value]) => [
        key,
        typeof value === 'number' ? String(value) : value,
      ]),
    ),
    requestBody: parse(incoming.text),
    status: typeof answer === 'string' ? 0 : answer.status,
    responseBody: typeof answer === 'string' ? undefined : parse(answer.text),
    isFaulty,
  };
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

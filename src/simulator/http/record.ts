import { route } from './contract.ts';
import type { Outcome } from './exchange.ts';
import type { Incoming } from './wire.ts';

/** A request that came in; status 0 means that no answer was sent. */
export interface RecordedRequest {
  readonly method: string;
  /** Without `/v1` and query. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  /** Parsed, as far as it is JSON that reached the API. */
  readonly body: unknown;
  readonly status: number;
}

/** A request and its answer, as they were on the wire. */
export interface Exchange {
  /** Null when the contract has no such path and method. */
  readonly operationId: string | null;
  readonly method: string;
  /** The path as the contract writes it, or the one that was asked for. */
  readonly path: string;
  readonly pathParams: Readonly<Record<string, string>>;
  /** Numbers as text. */
  readonly query: Readonly<Record<string, unknown>>;
  readonly requestBody: unknown;
  /** 0 when no answer was sent. */
  readonly status: number;
  /** Parsed; the text itself when it is not JSON. */
  readonly responseBody: unknown;
  /** Whether a fault made the answer. */
  readonly isFaulty: boolean;
}

export type ExchangeListener = (exchange: Exchange) => void;

const most = 100_000;

/** Keeps the newest requests, and tells listeners of every exchange. */
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
    if (this.requests.length > most) this.requests.splice(0, most / 10);
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

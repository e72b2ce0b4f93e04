import type { Action, Outcome } from './pass/plan.ts';
import type { Report, Trigger } from './pass/report.ts';

/** The phases of a pass, in their order. `load` reads the config, and `record` writes the pass to the store. */
export type Phase = 'load' | 'observe' | 'plan' | 'guard' | 'apply' | 'record';

/** A pass that begins. */
export interface TracedPass {
  readonly workspace: string;
  readonly trigger: Trigger;
  /**
   * The trace contexts of the requests that caused it, as W3C `traceparent` texts; invalid ones are ignored. Default:
   * none.
   */
  readonly callers?: readonly string[];
}

/** An attempt of a request to the API that begins. */
export interface TracedRequest {
  readonly method: string;
  /** The path below the base URL. */
  readonly path: string;
  /** Returns the whole URL, without secrets. Called only if the request is traced. */
  readonly url: () => string;
  /** The number of attempts before this one. */
  readonly resends: number;
}

/** How an attempt of a request ended. */
export interface RequestEnd {
  /** The HTTP status; undefined if no answer came. */
  readonly status: number | undefined;
  /** The class of the error, one of few words; undefined if there is none. */
  readonly error: string | undefined;
}

/** An action that is traced. It ends once: by `end`, or when the work of `run` rejects. */
export interface ActionTrace {
  /** Does a part of the action. Resolves and rejects as `work` does. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  end(outcome: Pick<Outcome, 'result' | 'error'>): void;
}

/**
 * Records what happens in a pass: its phases, actions, and requests, with their times. What is recorded belongs to the
 * pass, phase, or action in whose work it happens; outside of a pass nothing is. No call changes what `work` does, or
 * throws.
 */
export interface Tracer {
  /** Runs a pass. Resolves and rejects as `work` does. */
  pass<Result>(pass: TracedPass, work: () => Promise<Result>): Promise<Result>;
  /** Describes the current pass by its report. A pass that ends without it counts as cancelled. */
  reported(report: Report): void;
  /** Records that the current pass was given up. */
  givenUp(error: Error): void;
  /** Runs a phase of the current pass. Resolves and rejects as `work` does. */
  phase<Result>(phase: Phase, work: () => Promise<Result>): Promise<Result>;
  /** Begins an action. */
  action(action: Action): ActionTrace;
  /** Runs an attempt of a request. `endOf` tells how it ended. */
  request<Result>(
    request: TracedRequest,
    work: () => Promise<Result>,
    endOf: (result: Result) => RequestEnd,
  ): Promise<Result>;
  /** Returns the same function, which belongs to the current pass, phase, or action, wherever it is called. */
  bind<Parameters extends readonly unknown[], Result>(
    work: (...parameters: Parameters) => Result,
  ): (...parameters: Parameters) => Result;
  /** Returns the id of the trace of the current pass, in hexadecimal; undefined outside of a pass. */
  traceId(): string | undefined;
}

/** Records nothing. */
export const noTracer: Tracer = {
  pass: (_pass, work) => work(),
  reported() {},
  givenUp() {},
  phase: (_phase, work) => work(),
  action: () => untraced,
  request: (_request, work) => work(),
  bind: (work) => work,
  traceId: () => undefined,
};

const untraced: ActionTrace = { run: (work) => work(), end() {} };

export { parseFault } from './parse-fault.ts';

/** What goes wrong. Whether the request is carried out (committed) is said of each. */
export type FaultKind =
  /** Answered at once; nothing is committed. */
  | { readonly status: number; readonly retryAfter?: number | string; readonly body?: string }
  /** The socket is destroyed, and nothing is committed. */
  | 'reset-before'
  /** Committed; then the socket is destroyed without an answer. */
  | 'reset-after'
  /** Nothing is committed, and no answer comes. */
  | 'hang'
  /** Committed, and no answer comes. */
  | 'hang-after'
  /** Committed; the answer is 200 with null. */
  | 'null-body'
  /** 200 with a page of HTML, as from a proxy; nothing is committed. */
  | 'html'
  /** Committed; the answer is cut in the middle, with a matching length. */
  | 'truncate'
  /** A list does not know of what was created in the last so many milliseconds. */
  | { readonly listLag: number }
  /**
   * The job that the request starts ends with state `error`. With a text it has failed and is undone;
   * with null it has taken effect all the same (FACTS 1.4).
   */
  | { readonly eventError: string | null }
  /** The deployment spec that the request submits is applied, and never healthy: its instances end with this error. */
  | { readonly instanceError: string };

/** How a job, or what is done with a deployment spec, shall end. */
export interface JobFault {
  readonly error: string | null;
  /** The spec itself tells nothing of it. */
  readonly inInstances?: boolean;
}

/** A fault, and which requests it meets. */
export interface Fault {
  /** Default: every method. */
  readonly method?: string;
  /** A prefix of the path, a glob with `*` (within a segment) or `**`, or a pattern; default every path. */
  readonly path?: string | RegExp;
  /** How many requests it lets through first; default 0. */
  readonly after?: number;
  /** How many it meets then; default 1, Infinity for ever. */
  readonly times?: number;
  readonly kind: FaultKind;
}

/** Faults that concern a whole exchange. */
export type ExchangeFault = Exclude<FaultKind, { listLag: number } | JobErrorKind>;

type JobErrorKind = Extract<FaultKind, { eventError: string | null } | { instanceError: string }>;

interface Armed {
  readonly fault: Fault;
  seen: number;
}

/** The faults that are waiting, and their counts. Of several that fit, the one added first comes. */
export class Faults {
  readonly #armed: Armed[] = [];

  add(fault: Fault): void {
    this.#armed.push({ fault, seen: 0 });
  }

  clear(): void {
    this.#armed.length = 0;
  }

  /** The fault that this exchange meets, which counts it. */
  takeExchange(method: string, path: string): ExchangeFault | undefined {
    return this.#take(method, path, isExchange);
  }

  /** The lag of the list that this request makes; 0 for none. */
  takeLag(method: string, path: string): number {
    return this.#take(method, path, isLag)?.listLag ?? 0;
  }

  /** The error of the job that this request starts. */
  takeJobError(method: string, path: string): JobFault | null {
    const kind = this.#take(method, path, isJobError);
    if (!kind) return null;
    return 'eventError' in kind
      ? { error: kind.eventError }
      : { error: kind.instanceError, inInstances: true };
  }

  #take<K extends FaultKind>(
    method: string,
    path: string,
    fits: (kind: FaultKind) => kind is K,
  ): K | undefined {
    let taken: K | undefined;
    for (const armed of this.#armed) {
      const { kind, after = 0, times = 1 } = armed.fault;
      if (!fits(kind) || !matches(armed.fault, method, path)) continue;
      if (armed.seen < after) armed.seen += 1;
      else if (taken === undefined && armed.seen < after + times) {
        armed.seen += 1;
        taken = kind;
      }
    }
    return taken;
  }
}

const isLag = (kind: FaultKind): kind is { listLag: number } =>
  typeof kind === 'object' && 'listLag' in kind;
const isJobError = (kind: FaultKind): kind is JobErrorKind =>
  typeof kind === 'object' && ('eventError' in kind || 'instanceError' in kind);
const isExchange = (kind: FaultKind): kind is ExchangeFault => !isLag(kind) && !isJobError(kind);

function matches({ method, path }: Fault, actualMethod: string, actualPath: string): boolean {
  if (method !== undefined && method.toUpperCase() !== actualMethod) return false;
  if (path === undefined) return true;
  if (path instanceof RegExp) return path.test(actualPath);
  return path.includes('*') ? glob(path).test(actualPath) : actualPath.startsWith(path);
}

function glob(pattern: string): RegExp {
  const parts = pattern.split(/(\*\*|\*)/).map((part) => {
    if (part === '**') return '.*';
    return part === '*' ? '[^/]*' : part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('')}$`);
}

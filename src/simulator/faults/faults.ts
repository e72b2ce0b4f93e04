/** The kinds of faults. Each says whether the request is carried out (committed). */
export type FaultKind =
  /** Answered immediately with this status. Nothing is committed. */
  | { readonly status: number; readonly retryAfter?: number | string; readonly body?: string }
  /** The socket is destroyed. Nothing is committed. */
  | 'reset-before'
  /** Committed. Then the socket is destroyed without an answer. */
  | 'reset-after'
  /** No answer comes. Nothing is committed. */
  | 'hang'
  /** Committed. No answer comes. */
  | 'hang-after'
  /** Committed. The answer is 200 with null. */
  | 'null-body'
  /** The answer is 200 with an HTML page, as from a proxy. Nothing is committed. */
  | 'html'
  /** Committed. The answer is cut off in the middle, with a matching length. */
  | 'truncate'
  /** A list leaves out items that were created in this many milliseconds before it. */
  | { readonly listLag: number }
  /**
   * The job that the request starts ends with state `error`. With a text, it has failed and is undone; with null, it
   * has taken effect (FACTS 1.4).
   */
  | { readonly eventError: string | null }
  /** The submitted deployment spec is applied but never healthy: its instances end with this error. */
  | { readonly instanceError: string };

/** The failure of a job or of a deployment spec. */
export interface JobFault {
  readonly error: string | null;
  /** Only the instances show the error, not the spec. */
  readonly inInstances?: boolean;
}

/** A fault and the requests that it affects. */
export interface Fault {
  /** Default: all methods. */
  readonly method?: string;
  /** A prefix of the path, a glob with `*` (within a segment) or `**`, or a pattern. Default: all paths. */
  readonly path?: string | RegExp;
  /** The number of matching requests that it skips first. Default: 0. */
  readonly after?: number;
  /** The number of requests that it then affects. Default: 1; Infinity: all. */
  readonly times?: number;
  readonly kind: FaultKind;
}

/** The faults that affect a whole exchange. */
export type ExchangeFault = Exclude<FaultKind, { listLag: number } | JobErrorKind>;

type JobErrorKind = Extract<FaultKind, { eventError: string | null } | { instanceError: string }>;

interface Armed {
  readonly fault: Fault;
  seen: number;
}

/** The armed faults and their counts. If several match a request, the one that was added first applies. */
export class Faults {
  readonly #armed: Armed[] = [];

  add(fault: Fault): void {
    this.#armed.push({ fault, seen: 0 });
  }

  clear(): void {
    this.#armed.length = 0;
  }

  /** Returns the fault of this exchange, and counts it. */
  takeExchange(method: string, path: string): ExchangeFault | undefined {
    return this.#take(method, path, isExchange);
  }

  /** Returns the lag of the list that this request reads; 0 for none. */
  takeLag(method: string, path: string): number {
    return this.#take(method, path, isLag)?.listLag ?? 0;
  }

  /** Returns the failure of the job that this request starts; null for none. */
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

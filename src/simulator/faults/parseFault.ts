import type { Fault, FaultKind } from './faults.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const simpleKinds = [
  'reset-before',
  'reset-after',
  'hang',
  'hang-after',
  'null-body',
  'html',
  'truncate',
] as const;
const grammar =
  'expected [METHOD] [/path] KIND [after=N] [times=N|always], ' +
  `with KIND one of a status such as 503, ${simpleKinds.join(', ')}, list-lag=MS, event-error[=TEXT], instance-error=TEXT`;

/**
 * Parses a fault of the command line: `POST /machines reset-after times=1`, `GET 429 retry-after=2`, `/machines
 * list-lag=5000 times=always`. The text of `event-error=`, `instance-error=`, and `body=` extends to the end of the
 * line. Throws an Error whose one-line message says what is wrong.
 */
export function parseFault(text: string): Fault {
  const { head, tail } = splitTail(text.trim());
  const parts = head.split(/\s+/).filter((part) => part !== '');
  const method = methods.includes(parts[0]?.toUpperCase() ?? '') ? parts.shift() : undefined;
  const path = parts[0]?.startsWith('/') || parts[0]?.startsWith('*') ? parts.shift() : undefined;
  const fault = { ...(method && { method: method.toUpperCase() }), ...(path && { path }) };
  const word = parts.shift() ?? tail?.key;
  if (word === undefined) throw problem(text, 'it has no kind');
  const options = readOptions(text, parts);
  const kind = readKind(text, word, options, tail);
  return { ...fault, ...counts(text, options), kind };
}

interface Tail {
  readonly key: 'event-error' | 'instance-error' | 'body';
  readonly value: string;
}

/** Splits off the option whose text may contain spaces; it comes last. */
function splitTail(text: string): { readonly head: string; readonly tail?: Tail } {
  const found = /(?:^|\s)(event-error|instance-error|body)=(.*)$/.exec(text);
  if (!found) return { head: text };
  const [, key, value = ''] = found;
  return { head: text.slice(0, found.index), tail: { key: key as Tail['key'], value } };
}

type Options = Map<string, string>;

function readOptions(text: string, parts: readonly string[]): Options {
  return new Map(
    parts.map((part) => {
      const [, key, value] = /^(after|times|retry-after)=(.+)$/.exec(part) ?? [];
      if (key === undefined || value === undefined)
        throw problem(text, `"${part}" is not understood`);
      return [key, value];
    }),
  );
}

function readKind(text: string, word: string, options: Options, tail?: Tail): FaultKind {
  if (word === 'event-error')
    return { eventError: tail?.key === 'event-error' && tail.value ? tail.value : null };
  if (word === 'instance-error' && tail?.value) return { instanceError: tail.value };
  const simple = simpleKinds.find((kind) => kind === word);
  if (simple) return simple;
  const [, lag] = /^list-lag=(\d+)$/.exec(word) ?? [];
  if (lag !== undefined) return { listLag: Number(lag) };
  if (!/^[1-5]\d\d$/.test(word)) throw problem(text, `"${word}" is not a kind`);
  const retryAfter = options.get('retry-after');
  return {
    status: Number(word),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(tail?.key === 'body' && { body: tail.value }),
  };
}

function counts(text: string, options: Options): { after?: number; times?: number } {
  const read = (key: string) => {
    const value = options.get(key);
    if (value === undefined) return {};
    if (key === 'times' && value === 'always') return { [key]: Infinity };
    if (!/^\d+$/.test(value)) throw problem(text, `${key}=${value} is not a whole number`);
    return { [key]: Number(value) };
  };
  return { ...read('after'), ...read('times') };
}

const problem = (text: string, reason: string) =>
  new Error(`cannot read the fault "${text}": ${reason}; ${grammar}`);

import { STATUS_CODES } from 'node:http';
import { ApiError } from '../../model/api.ts';
import type { Failure } from './failure.ts';
import { isObject, jsonIn } from '../transport/json.ts';
import type { Request } from './request.ts';
import { secretsIn, redactor, type Redact } from './redact.ts';
import { judge } from './verdict.ts';

/** The number of characters that an error quotes: of any text, and of the API's own error message. */
const maxQuoteLength = 200;
const maxMessageLength = 1000;

const hints: Readonly<Record<number, string>> = {
  401: 'check PAPERSPACE_API_KEY: the API does not accept the key',
  403: 'check PAPERSPACE_API_KEY: its user may not do this',
};

/** Says what to do about an error answer that is not the API's own. */
function foreignHint(status: number): string {
  if (status < 400) return 'check PAPERSPACE_API_URL: it redirects';
  if (status === 407) return 'a proxy wants a user and a password: see docs/connection.md';
  return 'not an answer of the API: a proxy or firewall may be in between, or PAPERSPACE_API_URL is wrong';
}

/** Converts the failure of the last attempt to an `ApiError` without secrets; `note` ends its message. */
export function toApiError(
  request: Request,
  failure: Failure,
  secrets: readonly string[],
  note = '',
): ApiError {
  const scrub = redactor([...secrets, ...secretsIn(request.json)]);
  const { predicate, ...details } = describe(failure, scrub);
  return new ApiError(scrub(`${request.method} ${request.path}${predicate}${note}`), {
    verdict: judge(request.method, failure).verdict,
    ...details,
  });
}

interface Description {
  readonly predicate: string;
  readonly status?: number;
  readonly code?: string;
}

function describe(failure: Failure, scrub: Redact): Description {
  switch (failure.sort) {
    case 'refused':
      return describeRefusal(failure, scrub);
    case 'unsent':
      return { predicate: ` was not sent: ${plain(failure.reason, scrub)}` };
    case 'lost':
      return { predicate: ` got no answer: ${plain(failure.reason, scrub)}` };
    case 'unusable':
      return {
        predicate: ` answered ${failure.reason}`,
        ...(failure.status === undefined ? {} : { status: failure.status }),
      };
    case 'stopped':
      return { predicate: ' was stopped: shutting down, or no longer wanted' };
  }
}

function describeRefusal(
  { status, reason, text, own }: Failure & { sort: 'refused' },
  scrub: Redact,
): Description {
  const { code, message } = readError(text, scrub);
  const title = plain(code ?? (reason || STATUS_CODES[status] || ''), scrub);
  const isForeign = !own && status < 500 && status !== 429;
  const hint = isForeign ? foreignHint(status) : hints[status];
  const line = [String(status), title].filter(Boolean).join(' ');
  return {
    predicate: ` answered ${line}${message && `: ${message}`}${hint ? ` (${hint})` : ''}`,
    status,
    ...(code === undefined || !own ? {} : { code: plain(code, scrub) }),
  };
}

/**
 * Reads code and message of an error body: `{code, message, details}`, `{issues: [{message}]}`, or any text (FACTS
 * 5.3).
 */
function readError(text: string, scrub: Redact): { code?: string; message: string } {
  const body = jsonIn(text);
  if (!isObject(body)) return { message: plain(text, scrub) };
  const { code, message, details, issues } = body;
  const statements = [message, details, ...(Array.isArray(issues) ? issues.map(messageOf) : [])];
  const joined = statements.map(textOfValue).filter(Boolean).join('; ');
  return {
    ...(typeof code === 'string' && code ? { code } : {}),
    message: joined ? plain(joined, scrub, maxMessageLength) : plain(textOfValue(body), scrub),
  };
}

const messageOf = (issue: unknown): unknown => (isObject(issue) ? issue['message'] : issue);

/** The text of a value; empty for `null`, `{}`, and `[]`. */
function textOfValue(value: unknown): string {
  if (typeof value === 'string') return value;
  const json = JSON.stringify(value ?? '');
  return /^(""|\{\}|\[\])$/.test(json) ? '' : json;
}

/** Reduces a text to one line without tags, control characters, and secrets, short enough for a quote. */
function plain(text: string, scrub: Redact, maxLength = maxQuoteLength): string {
  const line = scrub(text)
    .replaceAll(/<(script|style|head)\b.*?<\/\1\s*>/gis, ' ')
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line;
}

import type { ExchangeFault, Faults } from '../faults/faults.ts';
import { settle } from '../world/steps.ts';
import { perform, type Api } from './perform.ts';
import { retryAfterHeader, type Bucket } from './rateLimit.ts';
import { codeOf, Refusal } from './refusal.ts';
import { json, refusalAnswer, type Answer, type Incoming } from './wire.ts';
import type { World } from '../world/world.ts';

/** What happens to a request: it is answered, cut off, or left without an answer. */
export interface Outcome {
  readonly answer: Answer | 'reset' | 'hang';
  /** Whether a fault caused the answer. */
  readonly isFaulty: boolean;
  /** Whether a write was carried out, even if its answer is lost. */
  readonly hasWritten: boolean;
}

/** The state that exchanges share. */
export interface Service extends Api {
  readonly faults: Faults;
  readonly bucket: Bucket;
}

/** Runs all due steps, then carries out one request, with its rate limit and its faults. */
export function exchange(service: Service, incoming: Incoming): Outcome {
  const { world, faults, bucket } = service;
  const { method, path } = incoming;
  settle(world, world.settings.now());
  const limited = limit(world, bucket);
  if (limited) return { answer: limited, isFaulty: false, hasWritten: false };
  const fault = faults.takeExchange(method, path);
  const instead = fault && faultBeforeApi(fault);
  if (instead) return { answer: instead, isFaulty: true, hasWritten: false };
  world.takeListLag = () => faults.takeLag(method, path);
  world.takeJobFault = () => faults.takeJobError(method, path);
  const answer = perform(service, incoming);
  return {
    answer: fault ? faultAfterApi(fault, answer) : answer,
    isFaulty: fault !== undefined,
    hasWritten: method !== 'GET' && answer.status === 200,
  };
}

function limit(world: World, bucket: Bucket): Answer | undefined {
  const { rateLimit } = world.settings;
  const seconds = bucket(world.now);
  if (!rateLimit || seconds === 0) return undefined;
  const refusal = refusalAnswer(new Refusal(429, 'Too many requests'));
  return { ...refusal, headers: retryAfterHeader(rateLimit, seconds, world.now) };
}

/** Returns the answer of a fault that acts before the API. */
function faultBeforeApi(fault: ExchangeFault): Outcome['answer'] | undefined {
  if (typeof fault === 'object') return statusAnswer(fault);
  if (fault === 'reset-before') return 'reset';
  if (fault === 'hang') return 'hang';
  if (fault === 'html') return html(200, '<!doctype html><title>Sign in</title>');
  return undefined;
}

/** Returns the answer of a fault that acts on the API's answer. */
function faultAfterApi(fault: ExchangeFault, answer: Answer): Outcome['answer'] {
  if (fault === 'reset-after') return 'reset';
  if (fault === 'hang-after') return 'hang';
  if (fault === 'null-body') return json(200, null);
  return { ...answer, text: answer.text.slice(0, answer.text.length / 2) };
}

function statusAnswer({
  status,
  retryAfter,
  body,
}: Extract<ExchangeFault, { status: number }>): Answer {
  const answer =
    body === undefined
      ? json(status, { code: codeOf(status), message: `Fault ${status}` })
      : html(status, body);
  return retryAfter === undefined
    ? answer
    : { ...answer, headers: { 'retry-after': String(retryAfter) } };
}

const html = (status: number, text: string): Answer => ({
  status,
  text,
  contentType: 'text/html; charset=utf-8',
});

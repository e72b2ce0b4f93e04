import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWrite, type Request } from '../../src/api/requests/request.ts';
import { ApiError } from '../../src/model/api.ts';
import { apiError } from '../support/apiClient.ts';
import { answering } from '../support/answering.ts';
import { anyText, rightAnswer } from '../support/contractAnswers.ts';
import { kindCalls, type KindCall } from '../support/kindCalls.ts';

/** The number of answers for each call. Set `ANSWERS=5000` in the environment for a longer search. */
const runs = Number(process.env['ANSWERS'] ?? 200);

const ids = { id: anyText, member: anyText };
const rows = kindCalls.map((call) => [call.title, call] as const);

/** The outcome of a call, and the last request that it sent. */
interface Ended {
  readonly outcome: unknown;
  readonly last: Request | undefined;
}

async function ended(call: KindCall, body: (request: Request) => string): Promise<Ended> {
  let last: Request | undefined;
  await using api = answering((request) => {
    last = request;
    return { body: body(request) };
  });
  const outcome = await call.run(api, ids).catch((error: unknown) => error);
  return { outcome, last };
}

/**
 * Returns the faults of an outcome; none if it is a value of the documented type or an `ApiError` with the right
 * verdict.
 */
function faultsOf(call: KindCall, { outcome, last }: Ended): readonly string[] {
  if (!(outcome instanceof Error)) return call.misfits(outcome);
  if (!(outcome instanceof ApiError)) return [outcome.stack ?? outcome.message];
  const { verdict, message } = outcome;
  if (message.startsWith('cannot request')) return verdict === 'rejected' ? [] : [verdict];
  if (message.includes('knows no such key')) return verdict === 'rejected' ? [] : [verdict];
  const right = last && isWrite(last) ? 'uncertain' : 'unavailable';
  return verdict === right ? [] : [`${verdict}, not ${right}: ${message}`];
}

/** Values with a special meaning in JavaScript, or that pass a careless check. */
const oddities: readonly unknown[] = [
  null,
  undefined,
  '',
  0,
  -1,
  5,
  true,
  [],
  {},
  [null],
  [[]],
  { id: null },
  { id: '' },
  { length: 1 },
  '..',
  '\ud800',
  'x'.repeat(2000),
  'constructor',
  JSON.parse('{"__proto__":{"id":"x"}}'),
];

const junk = fc.oneof(fc.constantFrom(...oddities), fc.jsonValue({ maxDepth: 3 }));

/** Replaces one node of a value, at any depth, by another value. */
function mutated(value: unknown, draw: fc.GeneratorValue): unknown {
  const isLeaf = typeof value !== 'object' || value === null || Object.keys(value).length === 0;
  if (isLeaf || draw(fc.nat, { max: 5 }) === 0) return draw(() => junk);
  const key = draw(() => fc.constantFrom(...Object.keys(value)));
  if (Array.isArray(value)) return value.with(Number(key), mutated(value[Number(key)], draw));
  return { ...value, [key]: mutated((value as Record<string, unknown>)[key], draw) };
}

/** Encodes a value as JSON. JSON has no `undefined`: it becomes an empty body. */
const inBytes = (value: unknown): string => JSON.stringify(value) ?? '';

test.each(rows)('%s accepts a valid answer', async (_title, call) => {
  const { outcome } = await ended(call, (request) => inBytes(rightAnswer(request)));
  expect(outcome).not.toBeInstanceOf(Error);
  expect(call.misfits(outcome)).toEqual([]);
});

test.each(rows)('%s accepts or rejects any answer correctly', async (_title, call) => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (draw) => {
      const end = await ended(call, (request) => {
        const right = rightAnswer(request);
        return inBytes(draw(fc.boolean) ? mutated(right, draw) : right);
      });
      expect(faultsOf(call, end)).toEqual([]);
    }),
    // Without shrinking, which takes hours for such answers.
    { numRuns: runs, endOnFailure: true },
  );
});

describe('an answer without content is rejected', () => {
  const answers = ['{}', '[]', '"x"', '5', 'true', '{"id":null}', '{"id":5}', '{"id":""}'];
  const writes = kindCalls.filter(({ isWrite: writing }) => writing);
  test.each(answers.flatMap((body) => writes.map((call) => [body, call.title, call] as const)))(
    '%s to %s',
    async (body, _title, call) => {
      const end = await ended(call, (request) =>
        isWrite(request) ? body : inBytes(rightAnswer(request)),
      );
      expect(end.outcome).toBeInstanceOf(ApiError);
      expect(end.outcome).toMatchObject({ verdict: 'uncertain' });
    },
  );

  const reads = kindCalls.filter(({ isWrite: writing }) => !writing);
  test.each(answers.flatMap((body) => reads.map((call) => [body, call.title, call] as const)))(
    '%s to %s',
    async (body, title, call) => {
      // Runs are a bare array, and an empty one is a valid answer.
      if (body === '[]' && /^deployments (runs|failure)$/.test(title)) return;
      const { outcome } = await ended(call, () => body);
      expect(outcome).toBeInstanceOf(ApiError);
      expect(outcome).toMatchObject({ verdict: 'unavailable' });
    },
  );
});

describe('the answer of a firewall is not an answer of the API', () => {
  const pages = [403, 404, 409].flatMap((status) =>
    kindCalls.map((call) => [status, call.title, call] as const),
  );
  test.each(pages)('%i with a web page to %s', async (status, _title, call) => {
    await using api = answering(() => ({ status, body: '<h1>Blocked</h1>' }));
    const error = await apiError(call.run(api, ids));
    expect(error).toMatchObject({ verdict: 'unavailable', status, code: undefined });
    expect(api.usage().requests).toBe(1);
  });
});

test('an error names the field and the type found there, and not the value', async () => {
  const [call] = kindCalls.filter(({ title }) => title === 'storageProviders list');
  const right = JSON.stringify(rightAnswer({ method: 'GET', path: '/storage-providers' }));
  await using api = answering(() => ({
    body: right.replace('"bucket":"1"', '"bucket":["hf-secret"]'),
  }));
  const outcome = await apiError(Promise.resolve(call?.run(api, ids)));
  expect(outcome).toMatchObject({
    message:
      'GET /storage-providers answered malformed JSON: items[0].s3Config.bucket is a list, not text',
  });
});

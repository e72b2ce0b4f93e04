import { expect, test } from 'vitest';
import { runError } from '../../src/kinds/lib/deployments/runs.ts';
import { answering } from '../support/answering.ts';

const instance = (state: string, over: object = {}) => ({
  id: 'i-0',
  state,
  dtCreated: '2026-11-21T10:00:00Z',
  ...over,
});
const at = (timestamp: string, message: string | null) => ({ timestamp, message, state: 'x' });

test.each([
  { because: 'there is no run', instances: undefined, says: undefined },
  { because: 'nothing has failed', instances: [instance('pending')], says: undefined },
  {
    because: 'the message of a running instance is not an error',
    instances: [instance('running', { stateMessage: 'fine' })],
    says: undefined,
  },
  {
    because: 'equal messages are reported once',
    instances: ['no GPU', 'no GPU', 'no disk'].map((stateMessage) =>
      instance('errored', { stateMessage }),
    ),
    says: 'no GPU; no disk',
  },
  {
    because: 'the last message counts if there is none now',
    instances: [
      instance('failed', {
        stateMessage: null,
        history: [at('2026-11-21T10:02:00Z', 'exit code 1'), at('2026-11-21T10:01:00Z', 'pulling')],
      }),
    ],
    says: 'exit code 1',
  },
  {
    because: 'a state without a message is reported',
    instances: [instance('errored')],
    says: 'instance i-0 is errored',
  },
])('$because', async ({ instances, says }) => {
  const runs = instances ? [{ id: 'r', instances }] : [];
  await using api = answering(() => ({ body: JSON.stringify(runs) }));
  expect(await runError(api, 'd')).toBe(says);
});

import { describe, expect, test } from 'vitest';
import { toldToStop, type Action } from '../../src/model/plan.ts';
import { apply, type ApplyOptions } from '../../src/reconcile/apply.ts';
import type { Settlement } from '../../src/reconcile/follow.ts';
import { autoClock } from '../support/autoClock.ts';
import { now } from '../support/team.ts';

const create = (name: string, ...requires: string[]): Action => ({
  id: `machines/${name}:create`,
  verb: 'create',
  kind: 'machines',
  name,
  changes: [],
  carries: [],
  requires,
});
const alone = [create('a')];
const both = [create('a'), create('b', 'machines/a:create')];

interface Row {
  readonly name: string;
  readonly because: string;
  readonly actions: readonly Action[];
  readonly wait?: boolean;
  /** When somebody stops Holdfast: before anything is done, or while the API is at work. */
  readonly stopped?: 'before' | 'meanwhile';
  /** How the API's work ends. */
  readonly ends?: Settlement;
  /** What the kind can tell of a failure. */
  readonly why?: string;
  readonly outcomes: readonly string[];
}

/** The outcomes as text, and what was sent. */
async function applied({ actions, wait = true, stopped, ends = { is: 'settled' }, why }: Row) {
  const stop = new AbortController();
  if (stopped === 'before') stop.abort();
  const sent: string[] = [];
  const options: ApplyOptions = {
    concurrency: 2,
    wait,
    signal: stop.signal,
    clock: autoClock(now),
    run: async ({ id, name }) => {
      sent.push(id);
      return { id: name, event: 'e' };
    },
    follower: {
      follow: async () => {
        if (stopped === 'meanwhile') stop.abort();
        return ends;
      },
    },
    explainFailure: async () => why,
    locks: () => [],
  };
  const outcomes = await apply(actions, options);
  const told = [...outcomes].map(
    ([id, { result, error }]) => `${id} ${result}${error === undefined ? '' : `: ${error}`}`,
  );
  return { told, sent };
}

describe('an action', () => {
  test.each<Row>([
    {
      name: 'that is done',
      because: 'the API has ended it',
      actions: both,
      outcomes: ['machines/a:create done', 'machines/b:create done'],
    },
    {
      name: 'that nobody waits for',
      because: 'the API is at work on it, so what requires it cannot begin',
      actions: both,
      wait: false,
      outcomes: [
        'machines/a:create pending',
        'machines/b:create skipped: what it requires is not done',
      ],
    },
    {
      name: 'that requires what is not among them',
      because: 'nothing brings that',
      actions: [create('a', 'machines/ghost:create')],
      outcomes: ['machines/a:create skipped: what it requires is not done'],
    },
    {
      name: 'after somebody stopped Holdfast',
      because: 'nothing more is started, and each says so',
      actions: both,
      stopped: 'before',
      outcomes: [
        `machines/a:create skipped: ${toldToStop}`,
        `machines/b:create skipped: ${toldToStop}`,
      ],
    },
    {
      name: 'that was under way when somebody stopped Holdfast',
      because: 'it is not asked why it has not come up, as it had no time to',
      actions: alone,
      stopped: 'meanwhile',
      ends: { is: 'pending' },
      why: 'no GPU',
      outcomes: ['machines/a:create pending'],
    },
    {
      name: 'that does not come to rest',
      because: 'it has failed where the kind knows of an error',
      actions: alone,
      ends: { is: 'pending' },
      why: 'no GPU',
      outcomes: ['machines/a:create failed: the API took it, and it does not come up: no GPU'],
    },
    {
      name: 'that failed, with more to tell',
      because: 'both are told',
      actions: alone,
      ends: { is: 'failed', error: 'unhealthy' },
      why: 'no GPU',
      outcomes: ['machines/a:create failed: the API took it and failed: unhealthy: no GPU'],
    },
    {
      name: 'that failed, with the same to tell',
      because: 'it is told once',
      actions: alone,
      ends: { is: 'failed', error: 'unhealthy: no GPU' },
      why: 'no GPU',
      outcomes: ['machines/a:create failed: the API took it and failed: unhealthy: no GPU'],
    },
  ])('$name: $because', async (row) => {
    const { told, sent } = await applied(row);
    expect(told).toEqual(row.outcomes);
    expect(sent).toEqual(
      told.filter((one) => !one.includes('skipped')).map((one) => one.split(' ')[0]),
    );
  });
});

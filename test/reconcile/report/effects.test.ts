import { expect, test } from 'vitest';
import type { Action } from '../../../src/model/pass/plan.ts';
import type { Desired, Observed, Reference, Spec } from '../../../src/model/resource.ts';
import { completeListing } from '../../../src/reconcile/observe/observe.ts';
import { effectsOf } from '../../../src/reconcile/report/effects.ts';
import { reportedAction } from '../../../src/reconcile/report/reported.ts';
import { catalog, declared, have, live, pinned, planFor, want } from '../../support/team.ts';

interface Row {
  readonly because: string;
  readonly kind: string;
  readonly verb: 'create' | 'delete' | 'assign';
  readonly spec?: Spec;
  readonly over?: object;
  readonly attempts?: number;
  readonly written: readonly string[];
}

const template = (machine: Reference): Spec => ({ machine });

test.each<Row>([
  {
    because: 'the resource itself',
    kind: 'machines',
    verb: 'delete',
    over: { resourceId: 'id-x' },
    written: ['id-x'],
  },
  {
    because: 'an action that sent nothing wrote nothing',
    kind: 'machines',
    verb: 'delete',
    over: { resourceId: 'id-x' },
    attempts: 0,
    written: [],
  },
  {
    because: 'the member of a relation',
    kind: 'startupScripts',
    verb: 'assign',
    over: {
      resourceId: 's',
      relation: 'assignedMachines',
      member: { id: 'id-m' },
      memberName: 'm',
    },
    written: ['id-m', 's'],
  },
  {
    because: 'a machine that the config declares',
    kind: 'customTemplates',
    verb: 'create',
    spec: template(declared('machines', 'm')),
    written: ['id-m'],
  },
  {
    because: 'a machine of the team that the config does not declare',
    kind: 'customTemplates',
    verb: 'create',
    spec: template(live('machines', 'other')),
    written: ['id-other'],
  },
  {
    because: 'a machine by its id',
    kind: 'customTemplates',
    verb: 'create',
    spec: template(pinned('machines', 'id-p')),
    written: ['id-p'],
  },
])('$because', ({ kind, verb, spec, over, attempts = 1, written }) => {
  const id = `${kind}/x:${verb}`;
  const action = {
    id,
    kind,
    name: 'x',
    verb,
    changes: [],
    requires: [],
    ...over,
  } as never as Action;
  const outcome = { result: 'done', attempts, took: 1 } as const;
  const items: readonly Observed[] = ['m', 'other'].map((name) => have('machines', name, {}));
  const desired = spec ? [[`${kind}/x` as const, want(kind, 'x', spec)] as const] : [];
  const effects = effectsOf(
    { catalog },
    {
      plan: { ...planFor({}), actions: [action] },
      snapshot: new Map([
        ['machines', completeListing({ name: 'machines' }, items)],
        ['osTemplates', completeListing({ name: 'osTemplates' }, [])],
      ]),
      desired: new Map<Desired['address'], Desired>(desired),
    },
    {
      actions: [reportedAction(action, outcome)],
      resources: [{ kind: 'machines', name: 'm', id: 'id-m' }] as never,
    },
  );
  expect([...effects.written].toSorted()).toEqual(written);
  expect([...effects.kinds]).toEqual(['machines']);
});

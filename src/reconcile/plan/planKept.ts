import type { ResourceKind } from '../../model/kind/kind.ts';
import { actionId, type Action, type FieldChange, type Status } from '../../model/pass/plan.ts';
import type { Desired, Observed, Spec } from '../../model/resource.ts';
import { owedReason } from '../apply/obligations.ts';
import { changesOf, type Difference } from '../compare/compare.ts';
import { fieldsOf, isReference, isWriteOnly } from '../compare/spec.ts';
import { kindOf } from '../kindOf.ts';
import type { FateContext, KeepFate } from './fates/fate.ts';
import { asReason, type ResourcePlan } from './planContext.ts';
import { owedChanges, owedFields, restoreActions } from './planOwed.ts';
import type { PowerSteps } from './power/powerSteps.ts';
import { planRelations } from './relations/planRelations.ts';
import type { RelationPlan } from './relations/relationInstance.ts';

/** Plans the writes that remove the differences of a live resource. */
export function planKept(desired: Desired, fate: KeepFate, context: FateContext): ResourcePlan {
  const { live, comparison, owed, power } = fate;
  const { differences, unverifiable } = comparison;
  const ended = owed.over.length === 0 ? {} : { obligationOver: owed.over };
  if (fate.isBusy)
    return {
      id: live.id,
      status: 'pending',
      changes: [],
      unverifiable,
      reason: live.transition ?? 'the API is at work on it',
      actions: [],
      ...ended,
    };
  const kind = kindOf(context.catalog.kinds, desired.kind);
  const restored = owedFields(kind, owed.due);
  const relations = planRelations(desired, live, context);
  const isUnchanged =
    differences.length === 0 &&
    !power.stop &&
    !power.start &&
    isEmpty(restored) &&
    isNothing(relations);
  if (isUnchanged)
    return {
      id: live.id,
      status: live.failure === undefined ? 'inSync' : 'failed',
      changes: power.changes,
      unverifiable:
        relations.unverifiable.length === 0
          ? unverifiable
          : [...unverifiable, ...relations.unverifiable],
      actions: [],
      ...(live.failure === undefined ? {} : { reason: live.failure }),
      ...ended,
    };
  const whole = wholeUpdateObstacles(kind, desired, differences, context);
  const writable = whole.length > 0 ? [] : differences;
  const actions = [
    ...fieldActions(kind, desired, live, { differences: writable, power, restored }, context),
    ...relations.actions,
  ];
  const changes = [
    ...changesOf(differences),
    ...owedChanges(live, restored).filter(
      ({ path }) => !differences.some((difference) => difference.path === path),
    ),
    ...power.changes,
    ...relations.changes,
  ];
  const obligation = context.memory.obligations.get(desired.address);
  return {
    id: live.id,
    unverifiable: [...unverifiable, ...relations.unverifiable],
    changes,
    ...verdict(desired, changes, {
      obstacles: [
        ...obstaclesOf(differences),
        ...replacementHint(desired, differences),
        ...power.obstacles,
        ...whole,
      ],
      remarks: obligation && !isEmpty(owed.due) ? [owedReason(obligation, owed.due)] : [],
      relations,
      actions,
      failure: live.failure,
    }),
    ...ended,
  };
}

const isEmpty = (spec: Spec): boolean => Object.keys(spec).length === 0;

const isNothing = ({ actions, changes, obstacles, pending }: RelationPlan): boolean =>
  actions.length + changes.length + obstacles.length + pending.length === 0;

/** Obstacles of an update that sends all fields: `{ keep: true }` and unreadable values cannot be sent. */
function wholeUpdateObstacles(
  { schema, updateSendsAllFields }: ResourceKind,
  desired: Desired,
  differences: readonly Difference[],
  { written }: FateContext,
): readonly string[] {
  if (!updateSendsAllFields || differences.length === 0) return [];
  return fieldsOf(schema, desired.spec).flatMap(({ path, schema: field, value }) => {
    if (!field.writeOnly || field.immutable) return [];
    if (isWriteOnly(value) && value.from === 'keep')
      return [`an update sends everything, and ${path} is { keep: true }`];
    return written.unreadable(desired.address, path) ?? [];
  });
}

const obstaclesOf = (differences: readonly Difference[]): readonly string[] =>
  differences.flatMap(({ obstacle }) => obstacle ?? []);

/** What would change a field that is fixed at creation. */
const replacementHint = (
  { lifecycle }: Desired,
  differences: readonly Difference[],
): readonly string[] =>
  lifecycle.onImmutableChange === 'block' &&
  lifecycle.manage !== 'observe' &&
  !lifecycle.preventDeletion &&
  differences.some(({ schema, obstacle }) => schema.immutable && obstacle !== undefined)
    ? ['lifecycle.onImmutableChange: replace deletes it and creates it again']
    : [];

interface FieldsInput {
  readonly differences: readonly Difference[];
  readonly power: PowerSteps;
  /** The owed values to restore, without the power. */
  readonly restored: Spec;
}

/** Restores owed values first. Other differences wait for the next pass, which writes them over the restored values. */
function fieldActions(
  kind: ResourceKind,
  desired: Desired,
  live: Observed,
  { differences, power, restored }: FieldsInput,
  context: FateContext,
): readonly Action[] {
  if (desired.lifecycle.manage === 'observe') return [];
  const { address, kind: kindName, name } = desired;
  const base = { kind: kindName, name, resourceId: live.id };
  const writable = differences.filter(
    ({ obstacle, schema }) =>
      obstacle === undefined && !(schema.requiresOff && power.obstacle !== undefined),
  );
  const stop: readonly Action[] = power.stop
    ? [
        {
          ...base,
          id: actionId(address, 'stop'),
          verb: 'stop',
          changes: powerChange(power, 'off'),
          requires: [],
          ...(power.start ? { restart: true } : {}),
        },
      ]
    : [];
  const restore = restoreActions({ kind: kindName, name, live }, restored);
  const update: readonly Action[] =
    writable.length > 0 && kind.update
      ? [
          {
            ...base,
            id: actionId(address, 'update'),
            verb: 'update',
            fields: writable.map(({ path }) => path),
            changes: changesOf(writable),
            requires: [...stop.map(({ id }) => id), ...createdFor(desired, writable, context)],
            ...(restore.length > 0
              ? { blockedReason: 'what Holdfast owes it is restored first' }
              : {}),
          },
        ]
      : [];
  const start: readonly Action[] = power.start
    ? [
        {
          ...base,
          id: actionId(address, 'start'),
          verb: 'start',
          changes: powerChange(power, 'running'),
          requires: stop.map(({ id }) => id),
          after: [...restore, ...update].map(({ id }) => id),
          ...(power.owed ? { owed: true } : {}),
        },
      ]
    : [];
  return [...restore, ...stop, ...update, ...start];
}

const powerChange = ({ field }: PowerSteps, to: 'running' | 'off'): readonly FieldChange[] => [
  { path: field, desired: to, observed: to === 'off' ? 'running' : 'off' },
];

/** The creates of the resources that an update refers to. */
const createdFor = (
  { spec }: Desired,
  fields: readonly Difference[],
  { resolve }: FateContext,
): readonly string[] =>
  fields.flatMap(({ path, schema }) => {
    const value = spec[path];
    if (!schema.references || !isReference(value)) return [];
    const resolution = resolve(value);
    return resolution.is === 'created' ? [actionId(resolution.address, 'create')] : [];
  });

interface VerdictInput {
  readonly obstacles: readonly string[];
  /** Facts for people that block nothing. */
  readonly remarks: readonly string[];
  readonly relations: RelationPlan;
  readonly actions: readonly Action[];
  readonly failure: string | undefined;
}

function verdict(
  { lifecycle }: Desired,
  changes: readonly FieldChange[],
  { obstacles, remarks, relations, actions, failure }: VerdictInput,
): Pick<ResourcePlan, 'status' | 'reason' | 'actions'> {
  const observedOnly = lifecycle.manage === 'observe' && changes.length > 0;
  const reason = asReason([
    ...(observedOnly ? ['observed only (lifecycle.manage)'] : []),
    ...remarks,
    ...obstacles,
    ...relations.obstacles,
    ...relations.pending,
    ...(failure === undefined ? [] : [failure]),
  ]);
  const status: Status = observedOnly
    ? 'drifted'
    : failure !== undefined && actions.length === 0
      ? 'failed'
      : obstacles.length + relations.obstacles.length > 0
        ? 'blocked'
        : actions.length > 0
          ? 'drifted'
          : 'pending';
  return { status, actions, ...(reason === undefined ? {} : { reason }) };
}

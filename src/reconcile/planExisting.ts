import type { ResourceKind } from '../model/kind.ts';
import { actionId, type Action, type FieldChange, type Status } from '../model/plan.ts';
import type { Desired, Observed } from '../model/resource.ts';
import { changesOf, compare, isIgnored, type Difference } from './compare.ts';
import { mentionedFirst } from './mentions.ts';
import { planReplacement } from './planReplacement.ts';
import { planRelations, type RelationPlan } from './planRelations.ts';
import { kindOf } from './kindOf.ts';
import { asReason, type Draft, type Planning } from './planning.ts';
import { fieldsOf, isWriteOnly } from './spec.ts';
import { planPower, powerOf, wantedPower, type PowerPlan } from './power.ts';

/** A resource that is there: what differs in the declared fields, and the writes that mend it. */
export function planExisting(desired: Desired, live: Observed, planning: Planning): Draft {
  const kind = kindOf(planning.catalog.kinds, desired.kind);
  const compared = compare(kind.schema, desired, live, planning.comparing);
  const { unverifiable } = compared;
  const differences = kind.update ? compared.differences : compared.differences.map(unchangeable);
  const waits = !kind.updatesUnsettled || differences.length === 0;
  if (!live.settled && live.failure === undefined && waits)
    return {
      id: live.id,
      status: 'pending',
      changes: [],
      unverifiable,
      reason: live.activity ?? 'the API is at work on it',
      actions: [],
    };
  const replacement = planReplacement(desired, live, differences, planning);
  if (replacement) return { ...replacement, unverifiable };
  const power = powerSteps(kind, desired, live, differences, planning);
  const whole = wholeObstacles(kind, desired, differences, planning);
  const relations = planRelations(desired, live, planning);
  if (differences.length === 0 && !power.stop && !power.start && isNothing(relations))
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
    };
  const actions = [
    ...fieldActions(kind, desired, live, whole.length > 0 ? [] : differences, power, planning),
    ...relations.actions,
  ];
  const changes = [...changesOf(differences), ...power.changes, ...relations.changes];
  return {
    id: live.id,
    unverifiable: [...unverifiable, ...relations.unverifiable],
    changes,
    ...verdict(
      desired,
      changes,
      [...obstaclesOf(differences), ...power.obstacles, ...whole],
      relations,
      actions,
      live.failure,
    ),
  };
}

const isNothing = ({ actions, changes, obstacles, pending }: RelationPlan): boolean =>
  actions.length + changes.length + obstacles.length + pending.length === 0;

/** Where an update sends everything, it needs every value, and `{ keep: true }` is none. */
function wholeObstacles(
  { schema, updatesWhole }: ResourceKind,
  desired: Desired,
  differences: readonly Difference[],
  { written }: Planning,
): readonly string[] {
  if (!updatesWhole || differences.length === 0) return [];
  return fieldsOf(schema, desired.spec).flatMap(({ path, schema: field, value }) => {
    if (!field.writeOnly || field.immutable) return [];
    if (isWriteOnly(value) && value.from === 'keep')
      return [`an update sends everything, and ${path} is { keep: true }`];
    return written.unreadable(desired.address, path) ?? [];
  });
}

const unchangeable = (difference: Difference): Difference => ({
  obstacle: `${difference.path} cannot be changed`,
  ...difference,
});

const obstaclesOf = (differences: readonly Difference[]): readonly string[] =>
  differences.flatMap(({ obstacle }) => obstacle ?? []);

/** The power actions, what they change for the reader, and the fields that cannot be written since it will not be off. */
interface PowerSteps extends PowerPlan {
  /** The field that says it; empty where there is no power. */
  readonly field: string;
  readonly changes: readonly FieldChange[];
  readonly obstacles: readonly string[];
}

const noPower: PowerSteps = { field: '', stop: false, start: false, changes: [], obstacles: [] };

function powerSteps(
  { power }: ResourceKind,
  desired: Desired,
  live: Observed,
  differences: readonly Difference[],
  { now }: Planning,
): PowerSteps {
  if (!power) return noPower;
  const { field } = power;
  const ignored = isIgnored(field, desired.lifecycle.ignoreChanges);
  const wants = ignored ? undefined : wantedPower(power, desired, now);
  const is = powerOf(power, live);
  const needing = differences.filter(
    ({ schema, obstacle }) => schema.requiresOff && obstacle === undefined,
  );
  const plan = planPower(is, wants, needing.length > 0, desired.lifecycle.allowStop);
  return {
    ...plan,
    field,
    changes:
      wants !== undefined && wants !== is
        ? [{ path: field, desired: wants, observed: is ?? null }]
        : [],
    obstacles:
      plan.obstacle === undefined
        ? []
        : [`${needing.map(({ path }) => path).join(', ')}: ${plan.obstacle}`],
  };
}

function fieldActions(
  kind: ResourceKind,
  desired: Desired,
  live: Observed,
  differences: readonly Difference[],
  power: PowerSteps,
  planning: Planning,
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
        },
      ]
    : [];
  const update: readonly Action[] =
    writable.length > 0 && kind.update
      ? [
          {
            ...base,
            id: actionId(address, 'update'),
            verb: 'update',
            fields: writable.map(({ path }) => path),
            changes: changesOf(writable),
            requires: [
              ...stop.map(({ id }) => id),
              ...createdFor(desired, writable, planning),
              ...mentionedFirst(desired, planning),
            ],
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
          requires: [...stop, ...update].map(({ id }) => id),
        },
      ]
    : [];
  return [...stop, ...update, ...start];
}

const powerChange = ({ field }: PowerSteps, to: 'running' | 'off'): readonly FieldChange[] => [
  { path: field, desired: to, observed: to === 'off' ? 'running' : 'off' },
];

/** The creates that must come before an update whose fields name what they create. */
const createdFor = (
  { spec }: Desired,
  fields: readonly Difference[],
  { resolve }: Planning,
): readonly string[] =>
  fields.flatMap(({ path, schema }) => {
    const value = spec[path];
    if (!schema.references || typeof value !== 'object' || value === null || !('by' in value))
      return [];
    const resolution = resolve(value as Parameters<typeof resolve>[0]);
    return resolution.is === 'created' ? [actionId(resolution.address, 'create')] : [];
  });

function verdict(
  { lifecycle }: Desired,
  changes: readonly FieldChange[],
  obstacles: readonly string[],
  relations: RelationPlan,
  actions: readonly Action[],
  failure: string | undefined,
): Pick<Draft, 'status' | 'reason' | 'actions'> {
  const observedOnly = lifecycle.manage === 'observe' && changes.length > 0;
  const reason = asReason([
    ...(observedOnly ? ['observed only (lifecycle.manage)'] : []),
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

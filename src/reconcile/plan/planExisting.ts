import type { ResourceKind } from '../../model/kind.ts';
import { actionId, type Action, type FieldChange, type Status } from '../../model/pass/plan.ts';
import type { Desired, Observed, Spec } from '../../model/resource.ts';
import { changesOf, compare, isIgnored, type Difference } from '../compare/compare.ts';
import { mentionedFirst } from './softReferences.ts';
import { owedBy, owedReason } from '../apply/obligations.ts';
import { owedChanges, owedFields, restoreActions } from './planOwed.ts';
import { planReplacement } from './planReplacement.ts';
import { planRelations, type RelationPlan } from './relations/planRelations.ts';
import { kindOf } from '../kindOf.ts';
import { asReason, type Draft, type Planning } from './planContext.ts';
import { fieldsOf, isWriteOnly } from '../compare/spec.ts';
import { planPower, powerOf, wantedPower, type PowerPlan } from './power.ts';

/** A resource that is there: what differs in the declared fields, and the writes that mend it. */
export function planExisting(desired: Desired, live: Observed, planning: Planning): Draft {
  const kind = kindOf(planning.catalog.kinds, desired.kind);
  const compared = compare(kind.schema, desired, live, planning.comparing);
  const { unverifiable } = compared;
  const obligation = planning.memory.obligations.get(desired.address);
  const { due, over } = owedBy(obligation, live, desired.spec, planning);
  const ended = over.length === 0 ? {} : { obligationOver: over };
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
      ...ended,
    };
  const replacement = planReplacement(desired, live, differences, planning);
  if (replacement) return { ...replacement, unverifiable };
  const power = powerSteps(kind, desired, live, { differences, due, now: planning.now });
  const owed = owedFields(kind, due);
  const whole = wholeObstacles(kind, desired, differences, planning);
  const relations = planRelations(desired, live, planning);
  if (
    differences.length === 0 &&
    !power.stop &&
    !power.start &&
    isEmpty(owed) &&
    isNothing(relations)
  )
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
  const writable = whole.length > 0 ? [] : differences;
  const actions = [
    ...fieldActions(kind, desired, live, { differences: writable, power, owed }, planning),
    ...relations.actions,
  ];
  const changes = [
    ...changesOf(differences),
    ...owedChanges(live, owed).filter(({ path }) => !differences.some((one) => one.path === path)),
    ...power.changes,
    ...relations.changes,
  ];
  return {
    id: live.id,
    unverifiable: [...unverifiable, ...relations.unverifiable],
    changes,
    ...verdict(desired, changes, {
      obstacles: [...obstaclesOf(differences), ...power.obstacles, ...whole],
      remarks: obligation && !isEmpty(due) ? [owedReason(obligation, due)] : [],
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
  /** The start restores what Holdfast stopped. */
  readonly owed: boolean;
}

const noPower: PowerSteps = {
  field: '',
  stop: false,
  start: false,
  changes: [],
  obstacles: [],
  owed: false,
};

function powerSteps(
  { power }: ResourceKind,
  desired: Desired,
  live: Observed,
  { differences, due, now }: PowerInput,
): PowerSteps {
  if (!power) return noPower;
  const { field } = power;
  const ignored = isIgnored(field, desired.lifecycle.ignoreChanges);
  const owed = due[field] === 'running';
  const declared = ignored ? undefined : wantedPower(power, desired, now);
  const wants = declared ?? (owed ? 'running' : undefined);
  const is = powerOf(power, live);
  const needing = differences.filter(
    ({ schema, obstacle }) => schema.requiresOff && obstacle === undefined,
  );
  const plan = planPower(is, wants, needing.length > 0, desired.lifecycle.allowStop);
  return {
    ...plan,
    field,
    owed: owed && wants === 'running',
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

/** What the power of a resource is planned from. */
interface PowerInput {
  readonly differences: readonly Difference[];
  /** The values that are owed to it. */
  readonly due: Spec;
  readonly now: () => Date;
}

/** What the actions on the fields of a resource are made from. */
interface FieldsInput {
  readonly differences: readonly Difference[];
  readonly power: PowerSteps;
  /** The fields that are owed, other than the power. */
  readonly owed: Spec;
}

/**
 * What is owed is restored first, and what differs beside it waits for the next pass: it is written over the values that the API shows
 * then.
 */
function fieldActions(
  kind: ResourceKind,
  desired: Desired,
  live: Observed,
  { differences, power, owed }: FieldsInput,
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
          ...(power.start ? { restart: true } : {}),
        },
      ]
    : [];
  const restore = restoreActions({ kind: kindName, name, live }, owed);
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
            ...(restore.length > 0 ? { held: 'what Holdfast owes it is restored first' } : {}),
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

/** What the verdict on a resource is made from. */
interface VerdictInput {
  readonly obstacles: readonly string[];
  /** What people should know beside it. */
  readonly remarks: readonly string[];
  readonly relations: RelationPlan;
  readonly actions: readonly Action[];
  readonly failure: string | undefined;
}

function verdict(
  { lifecycle }: Desired,
  changes: readonly FieldChange[],
  { obstacles, remarks, relations, actions, failure }: VerdictInput,
): Pick<Draft, 'status' | 'reason' | 'actions'> {
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

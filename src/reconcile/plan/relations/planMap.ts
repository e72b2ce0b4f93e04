import type { FieldChange } from '../../../model/pass/plan.ts';
import type { FieldSchema } from '../../../model/kind/schema.ts';
import type { Observed, Spec } from '../../../model/resource.ts';
import { displayValue } from '../../compare/compare.ts';
import { isRecent } from '../matching/match.ts';
import { sameWhole } from '../../compare/partialFields.ts';
import type { FateContext } from '../fates/fate.ts';
import {
  memberAction,
  membersApart,
  type RelationChange,
  type RelationInstance,
} from './relationInstance.ts';
import { isWriteOnly, partSchemaOf } from '../../compare/spec.ts';

/** A map relation with the schema of its values. */
interface MapRelation extends RelationInstance {
  readonly values: FieldSchema;
}

/** Plans a map: members by name, each with a value. Undeclared members are left alone. */
export function planMap(instance: MapRelation, context: FateContext): readonly RelationChange[] {
  const declared = Object.entries(instance.value as Spec);
  if (!instance.live) return declared.map(([key, value]) => add(instance, key, value, context));
  const listing = membersApart(instance, context);
  if (!('byId' in listing)) return [listing];
  return declared.map(([key, value]) => {
    const [live] = listing.named(key);
    return live ? change(instance, key, value, live, context) : add(instance, key, value, context);
  });
}

const pathOf = ({ path }: RelationInstance, key: string): string => `${path}/${key}`;

const isKept = (value: unknown): boolean => isWriteOnly(value) && value.from === 'keep';

function add(
  instance: MapRelation,
  key: string,
  value: unknown,
  context: FateContext,
): RelationChange {
  const { written, memory } = context;
  const path = pathOf(instance, key);
  const intent = memory.memberIntents.get(instance.desired.address)?.[path];
  if (intent && isRecent(intent.until, context))
    return {
      pending: `${path}: a create was sent at ${intent.at}, and no list shows it yet`,
    };
  const unreadable = written.unreadable(instance.desired.address, path);
  if (unreadable !== undefined) return { obstacle: unreadable };
  if (isKept(value)) return { obstacle: `${path} is { keep: true }, and there is none` };
  const changes = [{ path, desired: displayValue(instance.values, value), observed: null }];
  return {
    actions: [memberAction(instance, 'assign', key, { member: { id: key }, key, changes })],
    ...(instance.live ? { changes } : {}),
  };
}

function change(
  instance: MapRelation,
  key: string,
  value: unknown,
  live: Observed,
  context: FateContext,
): RelationChange {
  const path = pathOf(instance, key);
  const unreadable = context.written.unreadable(instance.desired.address, path);
  if (unreadable !== undefined) return { obstacle: unreadable };
  const changes = differences(instance, path, value, live, context);
  if (changes.length === 0) return {};
  if (!instance.relation.update) return { obstacle: `${path} cannot be changed` };
  return {
    changes,
    actions: [
      memberAction(instance, 'update', key, {
        member: { id: live.id },
        key,
        changes,
        ...(instance.values.writeOnly
          ? {}
          : { fields: changes.map((one) => one.path.slice(path.length + 1)) }),
      }),
    ],
  };
}

/** Compares a write-only text by its digest, other values field by field. */
function differences(
  instance: MapRelation,
  path: string,
  value: unknown,
  live: Observed,
  { comparing }: FateContext,
): readonly FieldChange[] {
  const { values } = instance;
  if (values.writeOnly)
    return isKept(value) ||
      (instance.live && comparing.isWritten(instance.desired, instance.live, path))
      ? []
      : [{ path, desired: displayValue(values, value), observed: null }];
  return Object.entries(value as Spec).flatMap(([field, wanted]) =>
    sameWhole(partSchemaOf(values, field), wanted, live.spec[field])
      ? []
      : [{ path: `${path}.${field}`, desired: wanted, observed: live.spec[field] ?? null }],
  );
}

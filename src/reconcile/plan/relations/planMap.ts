import type { FieldChange } from '../../../model/pass/plan.ts';
import type { FieldSchema } from '../../../model/schema.ts';
import type { Observed, Spec } from '../../../model/resource.ts';
import { shown } from '../../compare/compare.ts';
import { isRecent } from '../match.ts';
import { sameWhole } from '../../compare/partialFields.ts';
import type { Part } from './planRelations.ts';
import type { Planning } from '../planContext.ts';
import { memberAction, membersApart, type Side } from './relationInstance.ts';
import { isWriteOnly, partSchemaOf } from '../../compare/spec.ts';

/** A relation that is a map, and what its values are like. */
interface MapSide extends Side {
  readonly values: FieldSchema;
}

/** A map: members by name, each with a value; what is not declared is left alone. */
export function planMap(side: MapSide, planning: Planning): readonly Part[] {
  const declared = Object.entries(side.value as Spec);
  if (!side.live) return declared.map(([key, value]) => add(side, key, value, planning));
  const listing = membersApart(side, planning);
  if (!('byId' in listing)) return [listing];
  return declared.map(([key, value]) => {
    const [live] = listing.byName.get(key) ?? [];
    return live ? change(side, key, value, live, planning) : add(side, key, value, planning);
  });
}

const pathOf = ({ path }: Side, key: string): string => `${path}/${key}`;

const isKept = (value: unknown): boolean => isWriteOnly(value) && value.from === 'keep';

function add(side: MapSide, key: string, value: unknown, planning: Planning): Part {
  const { written, memory } = planning;
  const path = pathOf(side, key);
  const intent = memory.memberIntents.get(side.desired.address)?.[path];
  if (intent && isRecent(intent.until, planning))
    return {
      pending: `${path}: a create was sent at ${intent.at}, and no list shows it yet`,
    };
  const unreadable = written.unreadable(side.desired.address, path);
  if (unreadable !== undefined) return { obstacle: unreadable };
  if (isKept(value)) return { obstacle: `${path} is { keep: true }, and there is none` };
  const changes = [{ path, desired: shown(side.values, value), observed: null }];
  return {
    actions: [memberAction(side, 'assign', key, { member: { id: key }, key, changes })],
    ...(side.live ? { changes } : {}),
  };
}

function change(
  side: MapSide,
  key: string,
  value: unknown,
  live: Observed,
  planning: Planning,
): Part {
  const path = pathOf(side, key);
  const unreadable = planning.written.unreadable(side.desired.address, path);
  if (unreadable !== undefined) return { obstacle: unreadable };
  const changes = differences(side, path, value, live, planning);
  if (changes.length === 0) return {};
  if (!side.relation.update) return { obstacle: `${path} cannot be changed` };
  return {
    changes,
    actions: [
      memberAction(side, 'update', key, {
        member: { id: live.id },
        key,
        changes,
        ...(side.values.writeOnly
          ? {}
          : { fields: changes.map((one) => one.path.slice(path.length + 1)) }),
      }),
    ],
  };
}

/** A text is compared by its digest, fields one by one. */
function differences(
  side: MapSide,
  path: string,
  value: unknown,
  live: Observed,
  { comparing }: Planning,
): readonly FieldChange[] {
  const { values } = side;
  if (values.writeOnly)
    return isKept(value) || (side.live && comparing.isWritten(side.desired, side.live, path))
      ? []
      : [{ path, desired: shown(values, value), observed: null }];
  return Object.entries(value as Spec).flatMap(([field, wanted]) =>
    sameWhole(partSchemaOf(values, field), wanted, live.spec[field])
      ? []
      : [{ path: `${path}.${field}`, desired: wanted, observed: live.spec[field] ?? null }],
  );
}

import type { Subject } from '../team.ts';
import { idsNamed } from '../team.ts';
import type { Field } from './fields.ts';
import type { Edit } from '../yaml/edit.ts';
import { expand } from '../../desired/declare/namePattern.ts';
import { normalizeNames } from '../../desired/declare/expandNames.ts';
import { formOf } from '../../desired/validate/fieldForms.ts';
import { listKey } from '../../model/pass/plan.ts';
import { addressOf } from '../../model/resource.ts';
import type { FieldSchema } from '../../model/kind/schema.ts';
import { isObject } from '../../reconcile/compare/spec.ts';

/** The change that accepts a value, or why it cannot be accepted. */
export type Decision = Edit | { readonly is: 'refused'; readonly because: string };

export const refused = (because: string): Decision => ({ is: 'refused', because });

/** The live members of a set: ids, or names where members have none. Undefined if they are not completely known. */
export function liveMembers(
  { kind, live, snapshot }: Subject,
  relation: string,
  schema: FieldSchema,
): readonly string[] | undefined {
  if (kind.relations?.[relation]?.members) {
    const listing = snapshot.get(
      listKey({ list: 'members', kind: kind.name, id: live.id, relation }),
    );
    return listing?.complete ? listing.items.map(({ id }) => id) : undefined;
  }
  const ids = [live.spec[relation] ?? []].flat().map(String);
  const listing = snapshot.get(schema.references ?? '');
  return listing?.complete ? ids.filter((id) => listing.byId.has(id)) : undefined;
}

/**
 * Decides how a set gets the live members: items whose members have left are removed, and new members are added. An
 * item with a range of names stays or goes as a whole. `items`: the items as they are written.
 */
export function membersEdit(subject: Subject, field: Field, items: readonly unknown[]): Decision {
  const { schema } = formOf(field.schema) as { readonly schema?: FieldSchema };
  const [relation] = field.steps;
  const live = liveMembers(subject, relation, schema ?? field.schema);
  if (!live) return refused('its members could not be listed to the end');
  const there = new Set(live);
  const covered = new Set<string>();
  const removed: number[] = [];
  for (const [index, item] of items.entries()) {
    const ids = idsOf(subject, schema, item);
    if (!ids) return refused(`the live resource of ${itemText(item)} is not known`);
    const present = ids.filter((id) => there.has(id));
    if (present.length > 0 && present.length < ids.length)
      return refused(`${itemText(item)} is a range of names, and only some of them are members`);
    if (present.length === 0) removed.push(index);
    for (const id of present) covered.add(id);
  }
  const isAdditive = subject.desired.lifecycle.additive.includes(relation);
  const missing = isAdditive ? [] : live.filter((id) => !covered.has(id));
  const isPinned = items.some((item) => isObject(item) && 'id' in item);
  const added: unknown[] = [];
  for (const id of missing) {
    const written = schema?.references === undefined ? id : subject.refer(schema, id);
    if (written === undefined || (isObject(written) && 'id' in written && !isPinned))
      return refused(`the member ${id} has no name of its own among ${schema?.references}`);
    added.push(written);
  }
  return { is: 'members', removed, added };
}

const itemText = (item: unknown): string =>
  typeof item === 'string' ? `"${item}"` : JSON.stringify(item);

/** The live ids that an item of a set means; undefined if they are not known. */
function idsOf(
  subject: Subject,
  schema: FieldSchema | undefined,
  item: unknown,
): readonly string[] | undefined {
  const kind = schema?.references;
  if (kind === undefined) return [String(item)];
  if (isObject(item)) {
    if (typeof item['id'] === 'string') return [item['id']];
    return typeof item['live'] === 'string' ? one(subject, kind, item['live']) : undefined;
  }
  const expansion = expand(String(item));
  if (!expansion.ok) return undefined;
  const lookup = subject.catalog.kinds.get(kind) ?? subject.catalog.lookups.get(kind);
  const ids = normalizeNames(lookup, expansion.names).map((name) =>
    subject.catalog.kinds.has(kind)
      ? subject.ids.get(addressOf(kind, name))
      : one(subject, kind, name)?.[0],
  );
  return ids.every((id) => id !== undefined) ? ids : undefined;
}

/** The live id of a name that only one has. */
function one({ snapshot }: Subject, kind: string, name: string): readonly string[] | undefined {
  const ids = idsNamed(snapshot.get(kind), name);
  return ids?.length === 1 ? ids : undefined;
}

import { fieldAt, isNamed, type Field } from './fields.ts';
import type { Subject } from '../team.ts';
import type { FieldChange } from '../../model/pass/plan.ts';
import type { ReportedResource } from '../../model/pass/report.ts';

/** A difference that cannot be accepted, and why. */
export interface Refusal {
  readonly path: string;
  readonly because: string;
}

/** The differences to accept. */
export interface Selection {
  readonly fields: readonly Field[];
  readonly refusals: readonly Refusal[];
}

/**
 * Selects the differences of a resource: all, or those that `names` names. A name without a difference is a refusal.
 */
export function selectFields(
  { kind, desired }: Pick<Subject, 'kind' | 'desired'>,
  { changes, unverifiable }: Pick<ReportedResource, 'changes' | 'unverifiable'>,
  names: readonly string[],
): Selection {
  const selected =
    names.length === 0
      ? changes
      : changes.filter(({ path }) => names.some((name) => isNamed(path, name)));
  const fields: Field[] = [];
  const refusals: Refusal[] = names
    .filter((name) => !changes.some(({ path }) => isNamed(path, name)))
    .map((name) => ({ path: name, because: noDifference(name, changes, unverifiable) }));
  for (const { path } of selected) {
    const field = fieldAt(kind.schema, desired.spec, path);
    if (field) fields.push(field);
    else refusals.push({ path, because: undeclared(path) });
  }
  return { fields, refusals };
}

function noDifference(
  name: string,
  changes: readonly FieldChange[],
  unverifiable: readonly string[],
): string {
  if (unverifiable.includes(name)) return 'its live value is not known';
  const others = changes.map(({ path }) => path);
  return others.length === 0
    ? 'it does not differ'
    : `it does not differ; what differs is ${others.join(', ')}`;
}

const undeclared = (path: string): string =>
  path === 'name'
    ? 'the resource was renamed: rename its entry and every reference to it, or apply to name it back'
    : 'the config does not declare it';

import { Type, type Static } from 'typebox';
import { countOf } from '../../model/text/countOf.ts';
import type { Source } from '../../model/resource.ts';
import { defaultLifecycle, type Lifecycle } from '../../model/resource.ts';
import { checkOf } from '../validate/validator.ts';
import type { Declaration } from './declarations.ts';
import { checkExpiry } from './expiry.ts';
import { namesOf, setsOf } from '../validate/fieldForms.ts';
import { reportSchemaErrors } from '../validate/schemaErrors.ts';
import { joinWithOr, quote } from '../problems/problems.ts';
import type { Scope } from '../resolve/scope.ts';
import { isNothing, locate, membersOf, toJson, type Located, type Node } from '../yaml/tree.ts';

/** `lifecycle` of a spec as written (INTERFACE 2.1). */
export const lifecycleSchema = Type.Object(
  {
    manage: Type.Optional(
      Type.Enum(['enforce', 'observe'], {
        description: 'observe: drift is reported and never corrected.',
        default: 'enforce',
      }),
    ),
    ignoreChanges: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: 'Field paths whose drift is neither reported nor corrected.',
        default: [],
      }),
    ),
    additive: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: 'Relations whose extra live members are kept.',
        default: [],
      }),
    ),
    formerName: Type.Optional(
      Type.String({
        description:
          'The previous name: a live resource with this name is renamed, and no other one is created. Not for kinds whose names the API cannot change.',
      }),
    ),
    preventDeletion: Type.Optional(
      Type.Boolean({
        description:
          'Never delete the resource. Remembered, so that it holds even after the declaration is removed.',
        default: false,
      }),
    ),
    onImmutableChange: Type.Optional(
      Type.Enum(['block', 'replace'], {
        description:
          'replace: delete and create again if a field differs that can only be set at creation.',
        default: 'block',
      }),
    ),
    allowStop: Type.Optional(
      Type.Boolean({
        description: 'The machine may be stopped and started again for a change that needs it off.',
        default: false,
      }),
    ),
    expires: Type.Optional(
      Type.String({
        description:
          'The time at which it expires, with its zone, such as 2027-01-31T18:00:00+01:00. Default: never.',
      }),
    ),
    onExpiry: Type.Optional(
      Type.Enum(['report', 'off', 'delete'], {
        description:
          'report: the expiry is only reported. off: it is kept off, whatever state says. delete: it is deleted as if absent listed it, and not created again.',
        default: 'report',
      }),
    ),
  },
  { additionalProperties: false },
);

/** The lifecycle of a declaration. If it has a former name, `formerNames` holds one for each of its names. */
export interface DeclaredLifecycle {
  readonly lifecycle: Lifecycle;
  readonly formerNames: readonly string[];
  /** The position of the former name. */
  readonly formerAt: Source;
}

const noNames: readonly never[] = [];

/**
 * Validates the lifecycle of a declaration, and fills in defaults. Returns the default lifecycle if anything is wrong.
 */
export function lifecycleOf(declaration: Declaration, scope: Scope): DeclaredLifecycle {
  const { owner, lifecycle, at } = declaration;
  const defaults = { lifecycle: defaultLifecycle, formerNames: noNames, formerAt: at };
  if (!lifecycle || isNothing(lifecycle.value)) return defaults;
  const root = { node: lifecycle.value, key: lifecycle.at };
  if (hasTooMany(root.node, owner, scope)) return defaults;
  const values = toJson(lifecycle.value);
  const errors = checkOf(lifecycleSchema)(values);
  reportSchemaErrors(errors, {
    owner: `lifecycle of ${owner}`,
    whole: root,
    problems: scope.problems,
  });
  if (errors.length > 0) return defaults;
  const { formerName, ...written } = values as Static<typeof lifecycleSchema>;
  checkFields(written, declaration, root, scope);
  checkExpiry(written, declaration, root, scope);
  const formerAt = locate(root, ['formerName']).node.at;
  return {
    lifecycle: { ...defaultLifecycle, ...written },
    formerNames:
      formerName === undefined ? [] : expandFormerNames(formerName, formerAt, declaration, scope),
    formerAt,
  };
}

const maxPaths = 1000;

/** Whether a part has too many members to report errors one by one. That is a problem. */
function hasTooMany(node: Node, owner: string, { problems }: Scope): boolean {
  const parts =
    node.type === 'map' ? [node, ...[...node.entries.values()].map(({ value }) => value)] : [node];
  const oversized = parts.find((part) => membersOf(part) > maxPaths);
  const message = `lifecycle of ${owner} holds ${oversized && membersOf(oversized)} members in one place; it takes at most ${maxPaths}`;
  if (oversized) problems.add(oversized.at, 'wrong-value', message);
  return oversized !== undefined;
}

function checkFields(
  { ignoreChanges = [], additive = [], preventDeletion, onImmutableChange }: Partial<Lifecycle>,
  { kind, owner }: Declaration,
  root: Located,
  { problems }: Scope,
): void {
  const checkPath =
    (list: string, fields: readonly string[], what: string) => (path: string, i: number) => {
      const field = path.replace(/\..*/s, '');
      if (fields.includes(field)) return;
      const message = `${list} of ${owner} names ${quote(path)}, which is not a ${what} of ${kind.name}`;
      const { at } = locate(root, [list, String(i)]).node;
      const hint = problems.hint(field, fields) || allowedWords(fields);
      problems.add(at, 'unknown-field', message + hint);
    };
  ignoreChanges.forEach(checkPath('ignoreChanges', namesOf(kind.schema), 'field'));
  additive.forEach(checkPath('additive', setsOf(kind.schema, kind.relations), 'set'));
  if (preventDeletion && onImmutableChange === 'replace') {
    const message = `${owner} cannot both be replaced and never be deleted: leave out preventDeletion or replace`;
    problems.add(locate(root, ['onImmutableChange']).node.at, 'conflict', message);
  }
}

const allowedWords = (fields: readonly string[]): string =>
  fields.length === 0 ? '' : `; it takes ${joinWithOr(fields)}`;

/** Expands a former name. It must expand to as many names as the declaration, in the same order. */
function expandFormerNames(
  text: string,
  at: Source,
  { kind, owner, names }: Declaration,
  { namesOf: expand, problems }: Scope,
): readonly string[] {
  if (kind.names?.fixed) {
    const message = `formerName of ${owner} is ${quote(text)}, but it must not be set: the API cannot change the name of a ${kind.singular}`;
    problems.add(at, 'wrong-value', message);
    return [];
  }
  const formerNames = expand(text, at);
  if (formerNames.length === names.length || formerNames.length === 0 || names.length === 0)
    return formerNames;
  const message = `formerName of ${owner}, ${quote(text)}, expands to ${countOf(formerNames.length, 'name')}, and ${owner} to ${names.length}`;
  problems.add(at, 'wrong-value', message);
  return [];
}

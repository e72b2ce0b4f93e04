import { Type, type Static } from 'typebox';
import type { Source } from '../../model/resource.ts';
import { defaultLifecycle, type Lifecycle } from '../../model/resource.ts';
import { checkOf } from '../validate/validator.ts';
import type { Declaration } from './declarations.ts';
import { namesOf, setsOf } from '../validate/fieldForms.ts';
import { tell } from '../validate/schemaErrors.ts';
import { either, quote } from '../problems/problems.ts';
import type { Scope } from '../resolve/scope.ts';
import { isNothing, locate, membersOf, plainOf, type Located, type Node } from '../yaml/tree.ts';

/** `lifecycle` of a spec as it is written (INTERFACE 2.1). */
export const lifecycleSchema = Type.Object(
  {
    manage: Type.Optional(
      Type.Enum(['enforce', 'observe'], {
        description: 'observe: its drift is reported and never acted on.',
        default: 'enforce',
      }),
    ),
    ignoreChanges: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: 'Field paths whose drift is neither reported nor mended.',
        default: [],
      }),
    ),
    additive: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: 'Relations in which extra live members are left alone.',
        default: [],
      }),
    ),
    formerName: Type.Optional(
      Type.String({
        description:
          'The live resource may still have this name: rename it, do not create another. Not for names that the API cannot change.',
      }),
    ),
    preventDeletion: Type.Optional(
      Type.Boolean({
        description: 'It is never deleted; remembered, so that it outlives the block.',
        default: false,
      }),
    ),
    onImmutableChange: Type.Optional(
      Type.Enum(['block', 'replace'], {
        description:
          'replace: delete and create again when a field differs that is fixed at creation.',
        default: 'block',
      }),
    ),
    allowStop: Type.Optional(
      Type.Boolean({
        description: 'It may be stopped and started again for a change that needs it off.',
        default: false,
      }),
    ),
  },
  { additionalProperties: false },
);

/** The lifecycle of a declaration; where it has a former name, one for each of its names. */
export interface DeclaredLifecycle {
  readonly lifecycle: Lifecycle;
  readonly formerNames: readonly string[];
  /** Where the former name stands. */
  readonly formerAt: Source;
}

const noNames: readonly never[] = [];

/** Checks a declaration's lifecycle, and fills in the defaults. */
export function lifecycleOf(declaration: Declaration, scope: Scope): DeclaredLifecycle {
  const { owner, lifecycle, at } = declaration;
  const none = { lifecycle: defaultLifecycle, formerNames: noNames, formerAt: at };
  if (!lifecycle || isNothing(lifecycle.value)) return none;
  const whole = { node: lifecycle.value, key: lifecycle.at };
  if (hasTooMany(whole.node, owner, scope)) return none;
  const values = plainOf(lifecycle.value);
  const errors = checkOf(lifecycleSchema)(values);
  tell(errors, { owner: `lifecycle of ${owner}`, whole, problems: scope.problems });
  if (errors.length > 0) return none;
  const { formerName, ...written } = values as Static<typeof lifecycleSchema>;
  checkFields(written, declaration, whole, scope);
  const formerAt = locate(whole, ['formerName']).node.at;
  return {
    lifecycle: { ...defaultLifecycle, ...written },
    formerNames:
      formerName === undefined ? [] : formersOf(formerName, formerAt, declaration, scope),
    formerAt,
  };
}

const maxPaths = 1000;

/** Whether a part has more members than would be told of one by one; that is a problem. */
function hasTooMany(node: Node, owner: string, { problems }: Scope): boolean {
  const parts =
    node.type === 'map' ? [node, ...[...node.entries.values()].map(({ value }) => value)] : [node];
  const large = parts.find((part) => membersOf(part) > maxPaths);
  const message = `lifecycle of ${owner} holds ${large && membersOf(large)} members in one place; it takes at most ${maxPaths}`;
  if (large) problems.add(large.at, 'wrong-value', message);
  return large !== undefined;
}

function checkFields(
  { ignoreChanges = [], additive = [], preventDeletion, onImmutableChange }: Partial<Lifecycle>,
  { kind, owner }: Declaration,
  whole: Located,
  { problems }: Scope,
): void {
  const known =
    (list: string, fields: readonly string[], what: string) => (path: string, i: number) => {
      const field = path.replace(/\..*/s, '');
      if (fields.includes(field)) return;
      const message = `${list} of ${owner} names ${quote(path)}, which is no ${what} of ${kind.name}`;
      const { at } = locate(whole, [list, String(i)]).node;
      const hint = problems.hint(field, fields) || takes(fields);
      problems.add(at, 'unknown-field', message + hint);
    };
  ignoreChanges.forEach(known('ignoreChanges', namesOf(kind.schema), 'field'));
  additive.forEach(known('additive', setsOf(kind.schema, kind.relations), 'set'));
  if (preventDeletion && onImmutableChange === 'replace') {
    const message = `${owner} cannot both be replaced and never be deleted: leave out preventDeletion or replace`;
    problems.add(locate(whole, ['onImmutableChange']).node.at, 'conflict', message);
  }
}

const takes = (fields: readonly string[]): string =>
  fields.length === 0 ? '' : `; it takes ${either(fields)}`;

/** As many former names as there are names: braces stand for the same places in both. */
function formersOf(
  text: string,
  at: Source,
  { kind, owner, names }: Declaration,
  { namesOf: expanded, problems }: Scope,
): readonly string[] {
  if (kind.names?.fixed) {
    const message = `formerName of ${owner} is ${quote(text)}, and is not to be set: the API cannot change the name of a ${kind.singular}`;
    problems.add(at, 'wrong-value', message);
    return [];
  }
  const formers = expanded(text, at);
  if (formers.length === names.length || formers.length === 0 || names.length === 0) return formers;
  const message = `formerName of ${owner}, ${quote(text)}, stands for ${formers.length} names, and ${owner} for ${names.length}`;
  problems.add(at, 'wrong-value', message);
  return [];
}

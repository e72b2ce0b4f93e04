import type { ResourceKind } from '../../model/kind/kind.ts';
import { actionId, memberActionId, type Action, type FieldChange } from '../../model/pass/plan.ts';
import { addressOf, type Observed, type Spec } from '../../model/resource.ts';
import { valueAt } from '../compare/spec.ts';

/** A live resource with an obligation. It may not be declared any more. */
export interface Debtor {
  readonly kind: string;
  readonly name: string;
  readonly live: Observed;
}

/** The owed fields except the power. */
export const owedFields = ({ power }: Pick<ResourceKind, 'power'>, due: Spec): Spec =>
  Object.fromEntries(Object.entries(due).filter(([path]) => path !== power?.field));

/** The changes that restoring the owed values makes. */
export const owedChanges = (live: Observed, due: Spec): readonly FieldChange[] =>
  Object.entries(due).map(([path, owed]) => ({
    path,
    desired: owed,
    observed: valueAt(live.spec, path) ?? null,
  }));

/** The update that restores owed fields; none if no field is owed. */
export function restoreActions({ kind, name, live }: Debtor, fields: Spec): readonly Action[] {
  const paths = Object.keys(fields);
  const [first] = paths;
  if (first === undefined) return [];
  return [
    {
      id: memberActionId(addressOf(kind, name), 'update', 'owed', first),
      verb: 'update',
      kind,
      name,
      resourceId: live.id,
      fields: paths,
      restores: fields,
      changes: owedChanges(live, fields),
      requires: [],
      owed: true,
    },
  ];
}

/** The actions that restore an undeclared resource. */
export function owedActions(kind: ResourceKind, debtor: Debtor, due: Spec): readonly Action[] {
  const { power } = kind;
  const restores = restoreActions(debtor, owedFields(kind, due));
  if (!power || due[power.field] !== 'running') return restores;
  const { name, live } = debtor;
  const start: Action = {
    id: actionId(addressOf(debtor.kind, name), 'start'),
    verb: 'start',
    kind: debtor.kind,
    name,
    resourceId: live.id,
    changes: owedChanges(live, { [power.field]: 'running' }),
    requires: [],
    after: restores.map(({ id }) => id),
    owed: true,
  };
  return [...restores, start];
}

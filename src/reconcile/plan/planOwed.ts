import type { ResourceKind } from '../../model/kind.ts';
import { actionId, memberActionId, type Action, type FieldChange } from '../../model/pass/plan.ts';
import { addressOf, type Observed, type Spec } from '../../model/resource.ts';
import { valueAt } from '../compare/spec.ts';

/** The resource that owes something; it need not be declared any more. */
export interface Debtor {
  readonly kind: string;
  readonly name: string;
  readonly live: Observed;
}

/** The fields that are owed, other than the power. */
export const owedFields = ({ power }: Pick<ResourceKind, 'power'>, due: Spec): Spec =>
  Object.fromEntries(Object.entries(due).filter(([path]) => path !== power?.field));

/** What people are told of the values that are owed. */
export const owedChanges = (live: Observed, due: Spec): readonly FieldChange[] =>
  Object.entries(due).map(([path, owed]) => ({
    path,
    desired: owed,
    observed: valueAt(live.spec, path) ?? null,
  }));

/** The update that writes owed fields back; none where no field is owed. */
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

/** The actions by which a resource that is not declared any more gets back what it is owed. */
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

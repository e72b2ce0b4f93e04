import type { Address, Desired } from '../../../model/resource.ts';
import { addressOf } from '../../../model/resource.ts';
import { isRelation, referencesIn } from '../../compare/spec.ts';
import { kindOf } from '../../kindOf.ts';
import type { MatchedResource } from '../matching/matchAll.ts';
import type { PlanContext } from '../planContext.ts';

type OrderContext = Pick<PlanContext, 'catalog' | 'matches' | 'carriedBy'>;

/**
 * The declared resources, each after the resources that its fate depends on; otherwise in the order of the YAML. A
 * circle is cut where it is met first. If every resource is live and none can be replaced, the order does not matter,
 * and nothing is computed.
 */
export function dependencyOrder(context: OrderContext): readonly MatchedResource[] {
  const { byAddress } = context.matches;
  const all = [...byAddress.values()];
  if (!all.some(isUndecided)) return all;
  const ordered: MatchedResource[] = [];
  const visited = new Set<Address>();
  // An explicit stack: chains of references may be longer than the call stack.
  const stack: { readonly resource: MatchedResource; readonly isReady: boolean }[] = [];
  for (const resource of all) {
    stack.push({ resource, isReady: false });
    for (let top = stack.pop(); top; top = stack.pop()) {
      if (top.isReady) ordered.push(top.resource);
      else if (!visited.has(top.resource.desired.address)) {
        visited.add(top.resource.desired.address);
        stack.push({ resource: top.resource, isReady: true });
        for (const address of dependenciesOf(top.resource.desired, context)) {
          const dependency = byAddress.get(address);
          if (dependency) stack.push({ resource: dependency, isReady: false });
        }
      }
    }
  }
  return ordered;
}

/** Whether more than the match decides the fate of a resource for those that depend on it. */
const isUndecided = ({ desired: { lifecycle }, found }: MatchedResource): boolean =>
  found.is === 'missing' || lifecycle.onImmutableChange === 'replace';

/** Fields, relations and lists that the create call carries, and soft references. */
function dependenciesOf({ address, kind, spec }: Desired, context: OrderContext): Address[] {
  const { schema, relations, softReferences } = kindOf(context.catalog.kinds, kind);
  const named = referencesIn(schema, spec).flatMap(({ path, schema: field, reference }) =>
    reference.by === 'id' || (isRelation(field) && !relations?.[path]?.setByOwnCreate)
      ? []
      : [addressOf(reference.kind, reference.name)],
  );
  return [
    ...named,
    ...context.carriedBy(address).map(({ owner }) => owner),
    ...(softReferences?.(spec) ?? []).map((mention) => addressOf(mention.kind, mention.name)),
  ];
}

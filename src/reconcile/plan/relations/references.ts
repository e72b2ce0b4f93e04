import type { Link } from '../../../model/pass/explanation.ts';
import type { Kinds } from '../../../model/kind/kind.ts';
import type { Desired } from '../../../model/resource.ts';
import { addressOf, referenceText } from '../../../model/resource.ts';
import { referencesIn } from '../../compare/spec.ts';

/**
 * Lists the references of a declared resource in the order of its fields, each target once a field. A live id stands in
 * place of a name.
 */
export function referencesOf(kinds: Kinds, { kind: name, spec }: Desired): readonly Link[] {
  const kind = kinds.get(name);
  if (!kind) return [];
  const referred = referencesIn(kind.schema, spec).map(({ path, reference }) => ({
    path,
    to: addressOf(reference.kind, referenceText(reference)),
  }));
  const mentioned = (kind.softReferences?.(spec) ?? []).map((one) => ({
    path: 'config',
    to: addressOf(one.kind, one.name),
    mentioned: true as const,
  }));
  const links: readonly Link[] = [...referred, ...mentioned];
  const seen = new Set<string>();
  return links.filter(({ path, to }) => {
    const key = `${path} ${to}`;
    return !seen.has(key) && seen.add(key);
  });
}

import { matchesPattern } from '../text/matchesPattern.ts';
import { labelOf, type Labels } from './labels.ts';

/**
 * Selects resources: by `kind/name`, or by the value of a label. `*` stands for any characters in a kind, a name, and a
 * value. `text`: the selector as written.
 */
export type Selector = { readonly text: string } & (
  | { readonly by: 'address'; readonly kind: string; readonly name: string }
  | { readonly by: 'label'; readonly key: string; readonly value: string }
);

/** A resource as selectors see it. */
export interface Selectable {
  readonly kind: string;
  readonly name: string;
  readonly labels?: Labels | undefined;
}

/** Parses a selector. Undefined if it is neither `KIND/NAME` nor `LABEL=VALUE`. Pure. */
export function parseSelector(text: string): Selector | undefined {
  const [, key, value] = /^([A-Za-z0-9._-]+)=(.+)$/su.exec(text) ?? [];
  if (key !== undefined && value !== undefined) return { by: 'label', key, value, text };
  const [, kind, name] = /^([^/]+)\/(.+)$/su.exec(text) ?? [];
  return kind === undefined || name === undefined ? undefined : { by: 'address', kind, name, text };
}

/** Whether a selector selects a resource. Pure. */
export function selects(selector: Selector, { kind, name, labels }: Selectable): boolean {
  if (selector.by === 'address')
    return matchesPattern(kind, selector.kind) && matchesPattern(name, selector.name);
  const value = labelOf(labels, selector.key);
  return value !== undefined && matchesPattern(value, selector.value);
}

import { nearest } from '../desired/problems/nearest.ts';
import type { Catalog } from '../model/kind/kind.ts';
import type { Report } from '../model/pass/report.ts';
import type { Desired } from '../model/resource.ts';
import { parseSelector, type Selector } from '../model/selection/selector.ts';
import { matchesPattern } from '../model/text/matchesPattern.ts';
import type { Prepared } from '../reconcile/workspace.ts';
import { UserError } from './context.ts';

/** Parses the selectors of `--only`; undefined for none. Throws a `UserError` if one can select nothing. */
export const selectorsOf = (
  texts: readonly string[],
  catalog: Pick<Catalog, 'kinds'>,
): readonly Selector[] | undefined =>
  texts.length === 0 ? undefined : texts.map((text) => selectorOf(text, catalog));

function selectorOf(text: string, { kinds }: Pick<Catalog, 'kinds'>): Selector {
  const selector = parseSelector(text);
  if (!selector)
    throw new UserError(
      `--only ${text}: write KIND/NAME or LABEL=VALUE, such as ${kinds.has(text) ? `${text}/*` : 'machines/trainer-*'} or owner=ml`,
    );
  if (selector.by === 'label') return selector;
  const { kind, name } = selector;
  if (![...kinds.keys()].some((word) => matchesPattern(word, kind)))
    throw new UserError(
      `--only ${text}: there is no kind "${kind}"${hint(nearest(kind, kinds.keys()))}`,
    );
  return kinds.get(kind)?.caseInsensitiveNames
    ? { ...selector, name: name.toLowerCase() }
    : selector;
}

/**
 * Throws a `UserError` if a selector selects neither a declared or absent resource nor a live one: a misspelt name must
 * not look like a team in sync.
 */
export function requireSelected(
  { selection, state }: Pick<Prepared, 'selection' | 'state'>,
  { resources, incomplete }: Report,
): void {
  const [text] = selection?.unmatched ?? [];
  if (text === undefined) return;
  const words =
    parseSelector(text)?.by === 'label'
      ? labelsIn(state.resources)
      : resources.map(({ kind, name }) => `${kind}/${name}`);
  const unsure = incomplete.length === 0 ? '' : '; not everything could be listed';
  throw new UserError(
    `--only ${text} selects nothing, so nothing was done${unsure}${hint(nearest(text, words))}`,
  );
}

const labelsIn = (resources: readonly Desired[]): ReadonlySet<string> =>
  new Set(
    resources.flatMap(({ labels = {} }) =>
      Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    ),
  );

const hint = (word: string | undefined): string =>
  word === undefined ? '' : `; did you mean ${word}?`;

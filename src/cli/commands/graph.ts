import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { graphOf } from '../../reconcile/report/referenceGraph.ts';
import { toDot, toMermaid } from '../../report/graphText.ts';
import { requireConfig } from '../../setup/loadConfig.ts';
import { UserError, type Context } from '../../setup/context.ts';

/** `holdfast graph`: prints the declared resources and their references. Uses no network. */
export async function graph(context: Context): Promise<number> {
  const { format } = context.options;
  const render = renderers[format];
  if (!render) throw new UserError(`--format ${format}: write one of mermaid, dot, svg`);
  const catalog = await loadCatalog();
  const { state } = await requireConfig(context, catalog);
  const toText = await render();
  context.out(toText(graphOf(catalog.kinds, state.resources)));
  return 0;
}

/** Renderers by format. The layout library is loaded only for `svg`. */
const renderers: Readonly<Record<string, () => Promise<typeof toDot>>> = {
  mermaid: async () => toMermaid,
  dot: async () => toDot,
  svg: async () => (await import('../../report/graphSvg.ts')).toSvg,
};

import type { ListedWorkspace } from '../server/workspaces/rootApp.ts';
import { countNeedingAttention } from '../model/pass/attention.ts';
import { html, type Markup } from '../report/html.ts';
import { documentOf } from './layout.ts';
import { exact } from './elements/time.ts';
import { verdictMark } from './elements/mark.ts';
import { table } from './elements/table.ts';

/** `/` of a daemon with several workspaces: all of them, the worst first, each with a link to its own pages. */
export const workspacesPage = (workspaces: readonly ListedWorkspace[]): string =>
  documentOf({
    title: 'Workspaces',
    section: null,
    json: '/api/v1/workspaces',
    body: html`<h1>Workspaces</h1>
      ${table({
        caption: 'Workspaces, the worst first',
        columns: ['Workspace', 'State', 'Last pass'],
        rows: workspaces.map((workspace) => [
          nameCell(workspace),
          stateCell(workspace),
          workspace.lastPass ? exact(workspace.lastPass.finishedAt) : 'none yet',
        ]),
        empty: 'There are no workspaces.',
      })}`,
  });

const nameCell = ({ name, parked, lastPass }: ListedWorkspace): Markup | string =>
  parked || !lastPass ? name : html`<a href="/workspaces/${encodeURIComponent(name)}/">${name}</a>`;

function stateCell({ parked, error, summary }: ListedWorkspace): Markup | string {
  if (parked) return 'parked: it has left the config';
  if (error !== null) return html`${verdictMark('bad', 'cannot run')} ${error}`;
  if (!summary) return 'the first pass has not ended yet';
  const open = countNeedingAttention(summary);
  if (summary.failed > 0)
    return verdictMark('bad', `${summary.failed} failed, ${open} out of sync`);
  return open > 0 ? verdictMark('warning', `${open} out of sync`) : verdictMark('good', 'in sync');
}

import { countNeedingAttention } from '../model/pass/attention.ts';
import type { PassSummary, Report } from '../model/pass/report.ts';
import type { GitRevision } from '../model/resource.ts';
import { visible } from '../model/text/visible.ts';
import { html, page, viewMarkup, type Markup } from './html.ts';
import { viewOf } from './reportView.ts';

/** The data of the dashboard. */
export interface Dashboard {
  readonly workspace: string;
  readonly mode: Report['mode'];
  readonly revision: string;
  /** The commit of the config in force; null for a directory. */
  readonly git: GitRevision | null;
  /** Why the present config files are not in force; null if they are. */
  readonly configError: string | null;
  /** Why this process runs no passes; null if it runs them. */
  readonly waiting: string | null;
  /** When the next pass is due, RFC 3339. */
  readonly nextPass: string | null;
  /** The report of the last pass; undefined before the first has ended. */
  readonly report: Report | undefined;
  /** The last passes, newest first. */
  readonly passes: readonly PassSummary[];
}

/** The interval at which browsers reload the page, in seconds. */
const refresh = 30;

/**
 * Renders the page at `/`: the report of the last pass, and the list of passes. It has no scripts, and loads no other
 * resource.
 */
export function toDashboard({ report, passes, configError, ...state }: Dashboard): string {
  const { workspace, mode, revision, git, nextPass, waiting } = state;
  return page(
    `Holdfast: ${workspace}`,
    html`<p class="dim">
        ${workspace}, ${mode},
        ${
          git
            ? `commit ${git.commit.slice(0, 12)} by ${visible(git.author)}`
            : `revision ${revision.slice(0, 12)}`
        };
        ${nextPass === null ? 'the next pass waits for a change' : `next pass ${nextPass}`}
      </p>
      ${
        configError === null
          ? ''
          : html`<p class="red">
              The present config files are not in force:
              ${configError.split('\n').map((problem) => html`<br />${visible(problem)}`)}
            </p>`
      }
      ${waiting === null ? '' : html`<p class="red">This process is ${visible(waiting)}.</p>`}
      ${report ? viewMarkup(viewOf(report)) : html`<p>No pass has ended yet.</p>`}
      <h2>Passes</h2>
      <table>
        <tr>
          <th>Ended</th>
          <th>Trigger</th>
          <th>In sync</th>
          <th>Not in sync</th>
          <th>Actions</th>
          <th>Report</th>
        </tr>
        ${passes.map(passMarkup)}
      </table>`,
    html`<meta http-equiv="refresh" content="${refresh}" />`,
  );
}

function passMarkup({ pass, trigger, finishedAt, summary }: PassSummary): Markup {
  const { inSync, actions } = summary;
  const open = countNeedingAttention(summary);
  const byVerb = Object.entries(actions).flatMap(([verb, count]) =>
    count > 0 ? [`${count} ${verb}`] : [],
  );
  return html`<tr>
    <td>${finishedAt}</td>
    <td>${trigger}</td>
    <td>${inSync}</td>
    <td class="${open > 0 ? 'yellow' : 'dim'}">${open}</td>
    <td>${byVerb.join(', ')}</td>
    <td><a href="/api/v1/passes/${pass}">${pass}</a></td>
  </tr>`;
}

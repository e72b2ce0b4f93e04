import type { PassSummary, Report } from '../model/pass/report.ts';
import { visible } from '../model/text/visible.ts';
import { html, page, toldMarkup, type Markup } from './html.ts';
import { openIn, told } from './reportView.ts';

/** What the dashboard shows. */
export interface Dashboard {
  readonly workspace: string;
  readonly mode: Report['mode'];
  readonly revision: string;
  /** Why the config that lies there now is not in force. */
  readonly configError: string | null;
  /** Why this process makes no passes, where it does not. */
  readonly waiting: string | null;
  /** When the next pass is due, RFC 3339. */
  readonly nextPass: string | null;
  /** The last pass; undefined before the first has ended. */
  readonly report: Report | undefined;
  /** The passes before, newest first. */
  readonly passes: readonly PassSummary[];
}

/** Seconds after which a browser asks for it again. */
const refresh = 30;

/** The page at `/`: what the last pass found, and the passes before it. No scripts, and nothing that is fetched. */
export function toDashboard({ report, passes, configError, ...of }: Dashboard): string {
  const { workspace, mode, revision, nextPass, waiting } = of;
  return page(
    `Holdfast: ${workspace}`,
    html`<p class="dim">
        ${workspace}, ${mode}, revision ${revision.slice(0, 12)};
        ${nextPass === null ? 'the next pass waits for a change' : `next pass ${nextPass}`}
      </p>
      ${
        configError === null
          ? ''
          : html`<p class="red">
              The config that lies there now is not in force:
              ${configError.split('\n').map((problem) => html`<br />${visible(problem)}`)}
            </p>`
      }
      ${waiting === null ? '' : html`<p class="red">This process is ${visible(waiting)}.</p>`}
      ${report ? toldMarkup(told(report)) : html`<p>No pass has ended yet.</p>`}
      <h2>Passes</h2>
      <table>
        <tr>
          <th>Ended</th>
          <th>Asked for by</th>
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
  const open = openIn(summary);
  const acts = Object.entries(actions).flatMap(([verb, count]) =>
    count > 0 ? [`${count} ${verb}`] : [],
  );
  return html`<tr>
    <td>${finishedAt}</td>
    <td>${trigger}</td>
    <td>${inSync}</td>
    <td class="${open > 0 ? 'yellow' : 'dim'}">${open}</td>
    <td>${acts.join(', ')}</td>
    <td><a href="/api/v1/passes/${pass}">${pass}</a></td>
  </tr>`;
}

import { attention } from '../../model/pass/resourceQuery.ts';
import type { Suspension, SuspensionTarget } from '../../model/pass/suspension.ts';
import type { Wake } from '../../model/pass/wake.ts';
import type { Address } from '../../model/resource.ts';
import { html, type Markup } from '../../report/html.ts';
import type { DashboardData } from '../data.ts';
import { needsOf, type Need } from '../findings/needs.ts';
import { verdictOf } from '../findings/verdict.ts';
import { documentOf } from '../layout.ts';
import { expiryList } from '../parts/expiryList.ts';
import { figures } from '../parts/figures.ts';
import { freshness } from '../parts/freshness.ts';
import { withQuery } from '../elements/links.ts';
import { shape, verdictShapes } from '../elements/mark.ts';
import { needMarkup } from '../parts/needMarkup.ts';
import { passTable } from '../parts/passTable.ts';
import { suspensionList } from '../parts/suspensionList.ts';
import { wakeList } from '../parts/wakeList.ts';
import { warnings } from '../parts/warnings.ts';

/** The number of passes on the page. */
const passesShown = 5;

const noSuspensions: ReadonlyMap<SuspensionTarget, Suspension> = new Map();

const noWakes: ReadonlyMap<Address, Wake> = new Map();

/** `/`: the verdict and how fresh it is, what needs a person and the command for it, and the figures. */
export async function overview(data: DashboardData): Promise<string> {
  const status = await data.status();
  const report = data.lastReport();
  const waiting = await data.waiting();
  const now = data.now();
  const verdict = verdictOf(report, status, waiting);
  const suspended = status.writer ? await data.suspensions() : noSuspensions;
  const wakes = status.writer ? await data.wakes() : noWakes;
  const passes = status.writer ? await data.passes(passesShown) : [];
  const needs = report ? needsOf(report, suspended, data.flags()) : [];
  const body = html`<section class="verdict ${verdict.level}">
      <h1 aria-live="polite">${shape(verdictShapes[verdict.level])}${verdict.text}</h1>
      <p class="dim">${freshness(status, report, now)}</p>
    </section>
    ${warnings({ status, report, waiting, flags: data.flags() })} ${needsSection(needs, now)}
    ${report ? figures(report) : ''} ${suspensionList(suspended, data.flags())}
    ${wakeList(wakes, data.flags())} ${report ? expiryList(report) : ''}
    <section>
      <h2>Last passes</h2>
      ${passTable(passes, now)}
    </section>`;
  return documentOf({ title: verdict.text, body, section: '/', json: '/api/v1/status' }, status);
}

/** The number of needs on the page. */
const needsShown = 10;

const needsSection = (needs: readonly Need[], now: Date): Markup | '' =>
  needs.length === 0
    ? ''
    : html`<section>
        <h2>What needs you</h2>
        <ul class="needs">
          ${needs.slice(0, needsShown).map((need) => needMarkup(need, now))}
        </ul>
        ${
          needs.length > needsShown
            ? html`<p>
                <a href="${withQuery('/resources', { status: attention })}"
                  >All resources that need attention</a
                >
              </p>`
            : ''
        }
      </section>`;

import { needsAttention } from '../../model/pass/attention.ts';
import { suspensionText } from '../../model/pass/suspension.ts';
import { resourceCostText } from '../../report/money/costText.ts';
import { expiryText } from '../../model/pass/expiry.ts';
import { wakeText } from '../../model/pass/wake.ts';
import { addressOf, positionText } from '../../model/resource.ts';
import { html, type Markup } from '../../report/html.ts';
import type { PageRequest } from '../../server/pages.ts';
import type { ShownResource } from '../../server/views.ts';
import type { DashboardData } from '../data.ts';
import { remedyOf } from '../findings/remedy.ts';
import { documentOf } from '../layout.ts';
import { command } from '../elements/command.ts';
import { differences } from '../parts/differences.ts';
import { labelList } from '../parts/labelList.ts';
import { resourceLink, resourcePath } from '../elements/links.ts';
import { mark } from '../elements/mark.ts';
import { section } from '../elements/section.ts';
import { ago } from '../elements/time.ts';
import { timeline } from '../parts/timeline.ts';
import { cancelCommand } from '../parts/wakeList.ts';
import { yamlBlock } from '../elements/yamlBlock.ts';

/** `/resources/KIND/NAME`: one resource as declared and as live, its differences, timeline, and references. */
export async function resource(
  data: DashboardData,
  { parameters: { kind = '', name = '' } }: PageRequest,
): Promise<string | undefined> {
  const found = await data.resource(kind, name);
  if (!found) return undefined;
  const body = html`<h1><span class="dim">${kind}/</span>${name}</h1>
    <p>
      ${mark(found.status)} since ${ago(found.since, data.now())}${costOf(found)}
      ${labelList(found.declared?.labels)}
    </p>
    ${found.reason === null ? '' : html`<p>${found.reason}</p>`} ${remedy(data, found)}
    ${awake(data, found)} ${found.expiry ? html`<p>It ${expiryText(found.expiry)}.</p>` : ''}
    ${section('Differences', differences(found.changes))} ${plannedSection(found)}
    <div class="columns">${declaredSection(found)} ${liveSection(found)}</div>
    ${failedSection(found)} ${referencesSection(found)}
    ${section('Timeline', timeline(found.history))}`;
  return documentOf(
    {
      title: `${kind}/${name}`,
      section: '/resources',
      json: resourcePath(kind, name, '/api/v1'),
      body,
    },
    await data.status(),
  );
}

function costOf(found: ShownResource): string {
  const text = resourceCostText(found);
  return text === '' ? '' : ` · ${text}`;
}

function remedy(data: DashboardData, found: ShownResource): Markup | '' {
  const report = data.lastReport();
  if (!report) return '';
  const { suspension } = found;
  if (!needsAttention(found.status) && suspension === null) return '';
  const isSuspended = suspension !== null;
  const { text, command: line } = remedyOf(found, { report, flags: data.flags(), isSuspended });
  return html`${suspension === null ? '' : html`<p>It is ${suspensionText(suspension)}.</p>`}
    <p>${text}</p>
    ${line === undefined ? '' : command(line)}`;
}

const awake = (data: DashboardData, { kind, name, wake }: ShownResource): Markup | '' =>
  wake
    ? html`<p>It is ${wakeText(wake)}, whatever its timetable says.</p>
        ${cancelCommand(addressOf(kind, name), data.flags())}`
    : '';

const plannedSection = ({ actions }: ShownResource): Markup | '' =>
  section(
    'Actions of the last pass',
    actions.length === 0
      ? ''
      : html`<ul>
          ${actions.map(
            ({ id, outcome, error }) =>
              html`<li><code>${id}</code> ${outcome}${error === null ? '' : `: ${error}`}</li>`,
          )}
        </ul>`,
  );

const declaredSection = ({ declared, absent }: ShownResource): Markup =>
  html`<section>
    <h2>Declared</h2>
    ${absent === null ? '' : html`<p>Listed in absent at ${positionText(absent)}.</p>`}
    ${
      declared === null
        ? absent === null
          ? html`<p class="dim">
              It is not declared. <code>holdfast import</code> writes its YAML.
            </p>`
          : ''
        : html`<p class="dim">${positionText(declared.source)}</p>
            ${yamlBlock('Declared fields', declared.spec)}`
    }
  </section>`;

const liveSection = ({ live, at, unverifiable }: ShownResource): Markup =>
  html`<section>
    <h2>Live</h2>
    ${
      live === null
        ? html`<p class="dim">The last pass found none.</p>`
        : html`<p class="dim">id ${live.id}, as listed at ${at}</p>
            ${yamlBlock('Live fields', {
              ...live.spec,
              ...live.members,
              ...definedOf({ activity: live.activity, failure: live.failure, fixed: live.fixed }),
            })}`
    }
    ${
      unverifiable.length === 0
        ? ''
        : html`<p class="dim">The API never shows ${unverifiable.join(', ')}.</p>`
    }
  </section>`;

const definedOf = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

const failedSection = ({ setbacks }: ShownResource): Markup | '' =>
  section(
    'Failed before',
    setbacks.length === 0
      ? ''
      : html`<ul>
          ${setbacks.map(
            ({ action, failures, retryAt, error }) =>
              html`<li>
                <code>${action}</code>, ${failures} times: ${error}.
                ${retryAt === null ? 'It is tried again when something changes.' : `It is tried again from ${retryAt}.`}
              </li>`,
          )}
        </ul>`,
  );

const referencesSection = ({ refersTo, referredToBy }: ShownResource): Markup | '' =>
  section(
    'References',
    refersTo.length + referredToBy.length === 0
      ? ''
      : html`<ul>
          ${refersTo.map(({ path, to }) => html`<li><code>${path}</code> names ${resourceLink(to)}</li>`)}
          ${referredToBy.map(
            ({ path, from }) =>
              html`<li>${resourceLink(from)} names it in <code>${path}</code></li>`,
          )}
        </ul>`,
  );

// The contents of a report as text for people. In: a `Report`. Out: a `ReportView` of rows (rows/reportRows.ts) and a
// summary (reportSummary.ts), which `text.ts`, `markdown.ts`, `html.ts`, and a page of the dashboard lay out.
// `reportFiles.ts` writes the files, and `newsFilter.ts` decides what the daemon prints.

import { budgetText } from '../model/money/budget.ts';
import { countOf } from '../model/text/countOf.ts';
import { stoppedReason } from '../model/pass/plan.ts';
import { suspensionText } from '../model/pass/suspension.ts';
import { expiryText } from '../model/pass/expiry.ts';
import { wakeText } from '../model/pass/wake.ts';
import type { Report, ReportedAction } from '../model/pass/report.ts';
import { ageText } from '../model/time/age.ts';
import { visible } from '../model/text/visible.ts';
import { rowsOf, type Row } from './rows/reportRows.ts';
import { figuresText, summaryOf, type ReportSummary } from './reportSummary.ts';

/**
 * The contents of a report for people, with control characters escaped. Text, Markdown, and HTML lay out the same
 * contents.
 */
export interface ReportView extends ReportSummary {
  /**
   * The commit of the config, the age of the snapshot that was planned against, the suspension of everything, the
   * selection, the machines that run in spite of their timetables, expiries, and budgets that are nearly or fully
   * spent, as sentences; empty if there are none of them.
   */
  readonly basis: string;
  /** A sentence for each kind that could not be listed completely. */
  readonly incomplete: readonly string[];
  /** The resources with actions, and those out of sync without an action. Unmanaged resources are only counted. */
  readonly rows: readonly Row[];
  /**
   * The number of actions that were not started because Holdfast was stopped, as a sentence; empty if there are none.
   */
  readonly remaining: string;
  /** The requests and the cost. */
  readonly figures: string;
}

/** Makes the contents of a report for people. Pure. */
export function viewOf(report: Report): ReportView {
  const remaining = report.actions.filter(isRemaining);
  return {
    basis: basisText(report),
    incomplete: report.incomplete.map(({ kind, error }) =>
      visible(
        `${kind} could not be listed to the end, so none is created, deleted or called missing: ${error}`,
      ),
    ),
    rows: rowsOf(
      report,
      report.actions.filter((action) => !isRemaining(action)),
    ),
    remaining: remainingText(remaining.length, report.actions.length),
    ...summaryOf(report),
    figures: visible(figuresText(report)),
  };
}

const basisText = (report: Report): string =>
  [
    commitText(report.git),
    snapshotText(report.snapshot),
    suspendedText(report.suspended),
    selectionText(report),
    wakesText(report.resources),
    expiriesText(report.resources),
    budgetsText(report.budgets),
  ]
    .filter((text) => text !== '')
    .join(' ');

const suspendedText = (suspended: Report['suspended']): string =>
  suspended ? visible(`Everything is ${suspensionText(suspended)}.`) : '';

/** The number of wakes, and of expiries, that are named. */
const maxNamed = 5;

const wakesText = (resources: Report['resources']): string =>
  namedText(
    resources.flatMap(({ kind, name, wake }) =>
      wake ? [`${kind}/${name} is ${wakeText(wake)}.`] : [],
    ),
    'more are awake',
  );

const expiriesText = (resources: Report['resources']): string =>
  namedText(
    resources.flatMap(({ kind, name, expiry }) =>
      expiry ? [`${kind}/${name} ${expiryText(expiry)}.`] : [],
    ),
    'more have expired or will soon',
  );

function budgetsText(budgets: Report['budgets']): string {
  if (budgets === null) return 'Budgets are not checked.';
  return namedText(
    (budgets ?? []).flatMap((budget) =>
      budget.state === 'ok' ? [] : [`Budget ${budget.name}: ${budgetText(budget)}.`],
    ),
    'more budgets are nearly or fully spent',
  );
}

function namedText(sentences: readonly string[], others: string): string {
  const more = sentences.length - maxNamed;
  const shown = sentences.slice(0, maxNamed);
  return visible([...shown, ...(more > 0 ? [`${more} ${others}.`] : [])].join(' '));
}

/** The largest number of included resources that are named. The report has all of them. */
const maxIncluded = 3;

function selectionText({ only, resources }: Report): string {
  if (!only) return '';
  const included = resources.filter((resource) => resource.included !== undefined);
  const named = included
    .slice(0, maxIncluded)
    .map(({ kind, name, included: because }) => `${kind}/${name}, since ${because}`);
  const rest = included.length - named.length;
  const parts = [...named, ...(rest > 0 ? [`and ${countOf(rest, 'other')}`] : [])];
  return visible(
    `Only ${only.join(', ')}.${parts.length === 0 ? '' : ` Included: ${parts.join('; ')}.`}`,
  );
}

const commitText = (git: Report['git']): string =>
  git
    ? visible(`Config of commit ${git.commit.slice(0, 12)} by ${git.author}: ${git.subject}.`)
    : '';

const snapshotText = (snapshot: Report['snapshot']): string =>
  snapshot
    ? `Planned against a snapshot of the team of ${snapshot.takenAt}, ${ageText(snapshot.ageSeconds)} old. Write-only values, such as secrets and scripts, are not compared.`
    : '';

/** Whether an action was not started because Holdfast was stopped. */
const isRemaining = ({ outcome, error }: ReportedAction): boolean =>
  outcome === 'skipped' && error === stoppedReason;

const remainingText = (count: number, total: number): string =>
  count === 0 ? '' : `Stopped: ${countOf(count, 'action is', 'actions are')} left of ${total}.`;

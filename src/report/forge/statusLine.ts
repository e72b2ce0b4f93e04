import { countNeedingAttention } from '../../model/pass/attention.ts';
import { statuses } from '../../model/pass/plan.ts';
import type { Report } from '../../model/pass/report.ts';
import { visible } from '../../model/text/visible.ts';
import { doneTexts, statusText } from '../reportSummary.ts';

/** What a pass made of a commit. */
export interface PassStatus {
  /** `failure`: something failed, or the pass is incomplete. `pending`: something is not in sync yet. */
  readonly state: 'pending' | 'success' | 'failure';
  /** One line of at most 140 characters: `3 created, 1 updated; all in sync`. */
  readonly description: string;
}

/** The greatest number of characters of a description. GitHub refuses longer ones. */
const longest = 140;

/** Returns the state of the commit that a pass applied, and one line of figures. Pure. */
export function statusOf(report: Report): PassStatus {
  const done = doneTexts(report.actions).join(', ');
  const line = (text: string): string => (done === '' ? text : `${done}; ${text}`);
  const failed = failures(report);
  if (failed.length > 0) return { state: 'failure', description: fitted(line('failed: '), failed) };
  if (!report.complete)
    return { state: 'failure', description: fitted(line('incomplete: '), incompleteLists(report)) };
  const held = blocked(report);
  if (held.length > 0) return { state: 'pending', description: fitted(line('held: '), held) };
  const open = openTexts(report);
  if (open.length > 0)
    return { state: 'pending', description: fitted(line(''), [open.join(', ')]) };
  return { state: 'success', description: line('all in sync') };
}

/** The resources with failed actions, or that failed themselves: `machines/a: no capacity`. */
function failures({ actions, resources }: Report): readonly string[] {
  const failed = actions.filter(({ outcome }) => outcome === 'failed');
  const names = new Set(failed.map(addressText));
  const others = resources.filter((one) => one.status === 'failed' && !names.has(addressText(one)));
  return [
    ...failed.map((one) => withReason(addressText(one), one.error)),
    ...others.map((one) => withReason(addressText(one), one.reason)),
  ];
}

const incompleteLists = ({ incomplete }: Report): readonly string[] =>
  incomplete.map(({ kind, error }) => withReason(kind, error));

/** The blocked actions, and the resources that are blocked without one. */
function blocked({ actions, resources }: Report): readonly string[] {
  const held = actions.filter(({ outcome }) => outcome === 'blocked');
  const names = new Set(held.map(addressText));
  const others = resources.filter(
    (one) => one.status === 'blocked' && !names.has(addressText(one)),
  );
  return [
    ...held.map((one) => withReason(addressText(one), one.error)),
    ...others.map((one) => withReason(addressText(one), one.reason)),
  ];
}

/** The numbers of resources that need attention: `2 drifted`, `1 pending`. */
const openTexts = ({ summary }: Report): readonly string[] =>
  countNeedingAttention(summary) === 0
    ? []
    : statuses.flatMap((status) =>
        status !== 'unmanaged' && summary[status] > 0
          ? [`${summary[status]} ${statusText(status)}`]
          : [],
      );

const addressText = ({ kind, name }: { readonly kind: string; readonly name: string }): string =>
  `${kind}/${name}`;

const withReason = (subject: string, reason: string | null): string =>
  reason === null ? subject : `${subject}: ${reason}`;

/** The first of the texts and the number of the others, which stays when the text is cut. */
function fitted(prefix: string, [first = '', ...others]: readonly string[]): string {
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  const room = Math.max(0, longest - prefix.length - more.length);
  const text = visible(first);
  const cut = text.slice(0, room - 1).replace(/[\uD800-\uDBFF]$/, '');
  return `${prefix}${text.length > room ? `${cut}…` : text}${more}`;
}

import { statuses } from '../../model/pass/plan.ts';
import type { PassSummary } from '../../model/pass/report.ts';
import { everything, suspensionText } from '../../model/pass/suspension.ts';
import { wakeText } from '../../model/pass/wake.ts';
import { visible } from '../../model/text/visible.ts';
import { ageText } from '../../model/time/age.ts';
import { statusText } from '../../report/reportSummary.ts';
import type { Paint } from '../../report/text.ts';
import { findingLines } from './findingLines.ts';
import { failuresIn, warningsIn, type TeamStatus } from './teamStatus.ts';

/** The text of `holdfast status`: failures first. `none`: the sentence for a store without a pass. Pure. */
export function teamStatusText(
  status: TeamStatus,
  { now, paint, none }: { readonly now: Date; readonly paint: Paint; readonly none: string },
): string {
  const problems = [...failuresIn(status), ...warningsIn(status)];
  const suspended = status.suspensions.map(
    ({ target, ...suspension }) =>
      `${target === everything ? 'Everything' : target} is ${suspensionText(suspension)}`,
  );
  const awake = status.wakes.map(({ address, ...wake }) => `${address} is ${wakeText(wake)}`);
  const lines = [
    ...problems.map((text) => paint('red', visible(text))),
    ...[...suspended, ...awake].map((text) => paint('yellow', visible(text))),
    ...timesOf(status, now).map(visible),
  ];
  const isCalm = problems.length === 0 && suspended.length === 0;
  return [
    ...lines,
    ...(status.passes.length === 0
      ? [visible(none)]
      : [
          ...(lines.length > 0 ? [''] : []),
          ...passLines(status.passes),
          '',
          ...findingLines(status.findings, isCalm, paint),
        ]),
    '',
  ].join('\n');
}

/** When the last pass ended, the running one began, and the next one is due. */
function timesOf({ passes, currentPass, nextPass }: TeamStatus, now: Date): readonly string[] {
  const [last] = passes;
  const since = (time: string): string => ageText((now.getTime() - Date.parse(time)) / 1000);
  const until = (time: string): string => ageText((Date.parse(time) - now.getTime()) / 1000);
  const parts = [
    ...(last ? [`last pass ${since(last.finishedAt)} ago`] : []),
    ...(currentPass
      ? [`a pass (${currentPass.trigger}) began ${since(currentPass.startedAt)} ago`]
      : []),
    ...(nextPass === null ? [] : [`next pass in ${until(nextPass)}`]),
  ];
  return parts.length === 0 ? [] : [parts.join(' · ')];
}

const passLines = (passes: readonly PassSummary[]): readonly string[] => [
  'Last passes',
  ...passes.map(({ finishedAt, trigger, mode, summary }) => {
    const counts = statuses
      .filter((word) => summary[word] > 0)
      .map((word) => `${summary[word]} ${statusText(word)}`);
    return `  ${finishedAt}  ${trigger.padEnd(8)}  ${mode.padEnd(7)}  ${counts.join(', ')}`;
  }),
];

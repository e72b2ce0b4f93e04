import { countNeedingAttention } from '../../model/pass/attention.ts';
import type { Report } from '../../model/pass/report.ts';
import { progressText, type ActionProgress } from './progressText.ts';

/** What the daemon does at the moment. */
export type Live =
  | { readonly doing: 'listing'; readonly seconds: number }
  | ({ readonly doing: 'applying' } & ActionProgress)
  | {
      readonly doing: 'nothing';
      readonly verdict: string;
      /** Seconds until the next pass; undefined if none is scheduled. */
      readonly nextIn: number | undefined;
    };

/** The text of the status line of a daemon. Pure. */
export function liveText(live: Live): string {
  switch (live.doing) {
    case 'listing':
      return live.seconds < 1
        ? 'listing the team'
        : `listing the team for ${Math.round(live.seconds)} s`;
    case 'applying':
      return progressText(live) || 'recording the pass';
    case 'nothing':
      return `${live.verdict} · ${nextText(live.nextIn)} · Ctrl-C stops`;
  }
}

const nextText = (seconds: number | undefined): string =>
  seconds === undefined ? 'waiting for a change' : `next pass in ${countdown(seconds)}`;

/** `4:32`, or `1:04:32`. */
function countdown(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const [first = 0, ...rest] = parts[0] === 0 ? parts.slice(1) : parts;
  return [String(first), ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}

/** The state after the last pass. */
export interface LastState {
  /** Why the last pass was given up. */
  readonly error?: string | undefined;
  /** Why the present config is not in force. */
  readonly configError: string | undefined;
  readonly report: Report | undefined;
}

/** What is wrong in a few words, or `in sync`. Pure. */
export function verdictOf({ error, configError, report }: LastState): string {
  if (error !== undefined) return 'the pass was given up';
  if (configError !== undefined) return 'config not in force';
  if (!report) return 'no pass has ended yet';
  if (!report.complete) return 'not everything could be listed';
  const { failed } = report.summary;
  if (failed > 0) return `${failed} failed`;
  if (report.suspended) return 'everything is suspended';
  const count = countNeedingAttention(report.summary);
  return count > 0 ? `${count} not in sync` : 'in sync';
}

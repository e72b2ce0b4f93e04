import { addressOf } from '../../model/resource.ts';
import type { Report, ReportedResource } from '../../model/pass/report.ts';
import { approvalHint } from '../../model/pass/approval.ts';
import { shellWord } from '../../model/text/shellWord.ts';
import type { Flags } from '../elements/command.ts';

/** The part of a resource that a remedy depends on. */
type Troubled = Pick<ReportedResource, 'kind' | 'name' | 'status' | 'reason' | 'source'>;

/** What a person can do about a resource: a sentence, and the command for it, if there is one. */
export interface Remedy {
  readonly text: string;
  readonly command?: string;
}

/** What a remedy depends on beside the resource. */
export interface RemedyContext {
  readonly report: Pick<Report, 'pass' | 'mode' | 'actions' | 'git'>;
  readonly flags: Flags;
  readonly isSuspended: boolean;
}

/** Says what a person can do about a resource that needs attention. Pure. */
export function remedyOf(resource: Troubled, context: RemedyContext): Remedy {
  const { status, reason, source } = resource;
  const word = shellWord(addressOf(resource.kind, resource.name));
  const { server, config } = context.flags;
  const explain = `holdfast explain ${word}${config}`;
  if (context.isSuspended)
    return { text: 'It is suspended. To end that:', command: `holdfast resume ${word}${server}` };
  if (reason?.includes(approvalHint))
    return {
      text: 'A limit blocks the plan. Read the plan, then approve it:',
      command: `holdfast approve ${context.report.pass}${server}`,
    };
  switch (status) {
    case 'contended':
      return {
        text: 'Something else changes it too. Find it, then let Holdfast go on:',
        command: `holdfast resume ${word}${server}`,
      };
    case 'ambiguous':
      return { text: 'Several live resources match it. See which ones:', command: explain };
    case 'failed':
      return hasAction(resource, context)
        ? {
            text: 'Mend the cause. To try again at once:',
            command: `holdfast resume ${word}${server}`,
          }
        : { text: 'See what is known of the failure:', command: explain };
    case 'blocked':
      return changeIt(source, explain);
    case 'drifted':
    case 'missing':
      if (status === 'drifted' && isOnlyObserved(resource, context))
        return {
          text: 'Holdfast only observes. To take the live values into the config:',
          command: `holdfast accept ${word}${branchFlag(resource, context)}${config}`,
        };
      if (reason !== null) return changeIt(source, explain);
      return context.report.mode === 'observe'
        ? {
            text: 'Holdfast only observes. To see what apply would do:',
            command: `holdfast plan${config}`,
          }
        : { text: 'The next pass tries to mend it.' };
    case 'pending':
      return { text: 'Paperspace is working on it; the next pass looks again.' };
    case 'inSync':
    case 'orphaned':
    case 'unmanaged':
      return { text: 'Nothing needs to be done.' };
  }
}

/** Whether it is never corrected, because of the mode or of its `lifecycle.manage`. */
const isOnlyObserved = ({ reason }: Troubled, { report }: RemedyContext): boolean =>
  reason === null ? report.mode === 'observe' : reason.startsWith('observed only');

/** The files of a repository are changed by a branch. */
const branchFlag = ({ name }: Troubled, { report }: RemedyContext): string =>
  report.git ? ` --branch holdfast/accept-${name.replaceAll(/[^\w-]+/g, '-')}` : '';

const hasAction = ({ kind, name }: Troubled, { report }: RemedyContext): boolean =>
  report.actions.some((action) => action.kind === kind && action.name === name);

const changeIt = (source: ReportedResource['source'], explain: string): Remedy => ({
  text: source
    ? `Change its declaration at ${source.file}:${source.line}, or see all that is known:`
    : 'See all that is known:',
  command: explain,
});

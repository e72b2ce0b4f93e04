import { needsAttention } from '../../model/pass/attention.ts';
import { statuses, type Status as Word } from '../../model/pass/plan.ts';
import { visible } from '../../model/text/visible.ts';
import type { Paint } from '../../report/text.ts';
import type { Finding } from './teamStatus.ts';

const worst: readonly Word[] = ['failed', 'ambiguous', 'contended', 'blocked'];

/** The statuses that need attention, the worst first. */
const worstFirst: readonly Word[] = [
  ...worst,
  ...statuses.filter((word) => needsAttention(word) && !worst.includes(word)),
];

/** The greatest number of resources of one status that are listed. */
const maxListed = 50;

/** The resources out of sync by status. `isCalm`: nothing else is wrong. */
export function findingLines(
  findings: readonly Finding[],
  isCalm: boolean,
  paint: Paint,
): readonly string[] {
  if (findings.length === 0)
    return [isCalm ? paint('green', 'All in sync.') : 'No resource is known to be out of sync.'];
  const groups = worstFirst
    .map((word) => ({ word, members: findings.filter(({ status }) => status === word) }))
    .filter(({ members }) => members.length > 0);
  const counts = groups.map(({ word, members }) => `${members.length} ${word}`).join(', ');
  return [
    `${paint('bold', 'Not in sync')}: ${counts}`,
    ...groups.flatMap(({ word, members }) => [
      ...members.slice(0, maxListed).map((member) => findingLine(member, paint)),
      ...(members.length > maxListed ? [`  and ${members.length - maxListed} more ${word}`] : []),
    ]),
  ];
}

const findingLine = ({ address, status, since, reason }: Finding, paint: Paint): string =>
  `  ${paint('red', status.padEnd(9))}  ${visible(`${address}  since ${since}${reason ? `: ${reason}` : ''}`)}`;

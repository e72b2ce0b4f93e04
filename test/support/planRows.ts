import { expect, test } from 'vitest';
import type { Action, Assessment, FieldChange, Member, Plan } from '../../src/model/pass/plan.ts';
import { addressOf } from '../../src/model/resource.ts';
import { actionsOf, findingsOf, planFor, type World } from './team.ts';

interface Row extends World {
  readonly name: string;
  readonly because: string;
}

/** A small team, and the actions and findings of its plan. Default: none. */
export interface PlanRow extends Row {
  readonly actions?: readonly string[];
  readonly findings?: readonly string[];
}

/** A small team, and all of its plan. */
export interface WholePlanRow extends Row {
  readonly plan: readonly string[];
}

/** Declares one test per row that compares the actions and the findings. */
export const planTests = (rows: readonly PlanRow[]): void =>
  test.each(rows)('$name: $because', ({ actions = [], findings = [], ...world }) => {
    const planned = planFor(world);
    expect(actionsOf(planned)).toEqual(actions);
    expect(findingsOf(planned)).toEqual(findings);
  });

/** Declares one test per row that compares the whole plan. */
export const wholePlanTests = (rows: readonly WholePlanRow[]): void =>
  test.each(rows)('$name: $because', ({ plan, ...world }) => {
    expect(textOfPlan(planFor(world))).toEqual(plan);
  });

const textOfChange = ({ path, desired, observed }: FieldChange): string =>
  `${path} ${JSON.stringify(observed)} → ${JSON.stringify(desired)}`;

const textOfMember = (member: Member): string =>
  'id' in member ? member.id : `new ${member.address}`;

/** Returns all of an action in one line, except its id, which follows from the rest. */
function textOfAction(action: Action): string {
  const parts = [`${action.verb} ${addressOf(action.kind, action.name)}`];
  if (action.resourceId !== undefined) parts.push(`of ${action.resourceId}`);
  if ('member' in action) parts.push(`${action.relation}: ${textOfMember(action.member)}`);
  if ('key' in action) parts.push(`key ${action.key}`);
  if ('fields' in action) parts.push(`fields ${action.fields?.join(' ')}`);
  if ('carries' in action)
    parts.push(
      ...action.carries.map(({ field, member }) => `carries ${field} ${textOfMember(member)}`),
    );
  parts.push(...action.changes.map(textOfChange));
  if (action.requires.length > 0) parts.push(`after ${action.requires.join(', ')}`);
  if (action.after && action.after.length > 0)
    parts.push(`after the end of ${action.after.join(', ')}`);
  if (action.blockedReason !== undefined) parts.push(`blocked: ${action.blockedReason}`);
  if (action.note !== undefined) parts.push(action.note);
  return parts.join('; ');
}

function textOfAssessment(assessment: Assessment): string {
  const { kind, name, status, id, changes, unverifiable, reason, source } = assessment;
  const parts = [`${status} ${addressOf(kind, name)}${id === undefined ? '' : ` (${id})`}`];
  parts.push(...changes.map(textOfChange));
  if (unverifiable.length > 0) parts.push(`unverifiable: ${unverifiable.join(' ')}`);
  if (reason !== undefined) parts.push(reason);
  if (!source) parts.push('undeclared');
  return parts.join('; ');
}

/** Returns all of a plan, one line per assessment, action, binding, and requested list. */
const textOfPlan = (plan: Plan): readonly string[] => [
  ...plan.assessments.map(textOfAssessment),
  ...plan.actions.map(textOfAction),
  ...plan.toBind.map(
    ({ address, id, protected: isProtected }) =>
      `bind ${address} to ${id}${isProtected ? ', protected' : ''}`,
  ),
  ...plan.toUnbind.map((address) => `unbind ${address}`),
  ...plan.requiredLists.map((need) =>
    need.list === 'lookup' ? `list ${need.kind}` : `list ${need.kind}/${need.id}.${need.relation}`,
  ),
  ...(plan.complete ? [] : ['not complete']),
];

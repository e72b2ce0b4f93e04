import { verbs } from '../model/pass/plan.ts';
import type { Report } from '../model/pass/report.ts';

/** The actions of a plan by kind: `3 create, 1 delete, 2 blocked`. Pure. */
export const kindsByVerb = ({
  actions,
}: Report): readonly { readonly kind: string; readonly counts: string }[] =>
  [...Map.groupBy(actions, ({ kind }) => kind)].map(([kind, ofKind]) => {
    const blocked = ofKind.filter(({ outcome }) => outcome === 'blocked').length;
    const counts = verbs.map((verb) => {
      const count = ofKind.filter((one) => one.verb === verb && one.outcome !== 'blocked').length;
      return [verb, count] as const;
    });
    const shown = [...counts, ['blocked', blocked] as const].filter(([, count]) => count > 0);
    return { kind, counts: shown.map(([word, count]) => `${count} ${word}`).join(', ') };
  });

/** The counts that GitLab shows on a merge request (`artifacts:reports:terraform`). Pure. */
export function terraformReport({ summary: { actions } }: Report) {
  const { create, delete: deleted, ...others } = actions;
  return {
    create,
    update: Object.values(others).reduce((sum, count) => sum + count, 0),
    delete: deleted,
  };
}

/** The end of the reason of each action that an approval of its plan would allow. */
export const approvalHint = 'approve the plan, or apply with --force';

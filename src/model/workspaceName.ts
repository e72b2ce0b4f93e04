/** The workspace of a config without `settings.workspaces`. */
export const defaultWorkspace = 'default';

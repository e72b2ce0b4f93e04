/** The workspace of a config without `settings.workspaces`. */
export const defaultWorkspace = 'default';

/** Stands for every workspace in `--workspace`. */
export const everyWorkspace = 'all';

/** What a name of a workspace consists of, for messages. */
export const workspaceNameForm =
  'up to 63 letters, digits, ".", "_", and "-", with a letter or a digit first; not "all"';

/** Whether a text may be the name of a workspace. It is part of paths and of addresses. */
export const isWorkspaceName = (text: string): boolean =>
  /^[A-Za-z0-9][\w.-]{0,62}$/.test(text) && text !== everyWorkspace;

/** Where the name of the workspace goes in `settings.apiKey` of several workspaces. */
export const workspacePlaceholder = '{workspace}';

/** One workspace of several. */
export interface OneWorkspace {
  readonly name: string;
  /** Whether `holdfast.yaml` of its directory may name its key without leave of the root settings. */
  readonly mayNameKey: boolean;
}

import { html, type Markup } from '../../report/html.ts';

/** A command to copy. A script adds a button. */
export const command = (text: string): Markup =>
  html`<div class="command"><code tabindex="0">${text}</code></div>`;

/** The flags that commands need, each after a space; empty: none. */
export interface Flags {
  /** Of commands that talk to this daemon. */
  readonly server: string;
  /** Of commands that read the config. */
  readonly config: string;
}

/**
 * The flags of commands about a workspace. `url`: the address of its daemon; null: unknown. `workspace`: of several;
 * undefined: there is one.
 */
export function flagsFor(url: string | null, workspace: string | undefined): Flags {
  const config = workspace === undefined ? '' : ` --workspace ${workspace}`;
  return { server: url === null ? config : ` --server ${url}`, config };
}

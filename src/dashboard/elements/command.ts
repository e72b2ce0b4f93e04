import { html, type Markup } from '../../report/html.ts';

/** A command to copy. A script adds a button. */
export const command = (text: string): Markup =>
  html`<div class="command"><code tabindex="0">${text}</code></div>`;

/** `--server URL` for commands that talk to this daemon; empty if its address is not known. */
export const serverFlag = (url: string | null): string => (url === null ? '' : ` --server ${url}`);

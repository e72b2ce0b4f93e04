import type { Report } from '../../model/pass/report.ts';
import { suspensionText } from '../../model/pass/suspension.ts';
import { html, type Markup } from '../../report/html.ts';
import type { Status } from '../../server/views.ts';
import { command, type Flags } from '../elements/command.ts';

/** What is wrong beside single resources. */
export interface WarningsInput {
  readonly status: Status;
  readonly report: Report | undefined;
  /** Why no passes run. */
  readonly waiting: string | undefined;
  readonly flags: Flags;
}

/** What is wrong beside single resources: a warning each. */
export function warnings({ status, report, waiting, flags }: WarningsInput): readonly Markup[] {
  const { configError, suspended, currentPass, notifications } = status;
  return [
    ...(waiting === undefined ? [] : [warning('No passes run', [waiting])]),
    ...(configError === null
      ? []
      : [warning('The present config files are not in force', configError.split('\n'))]),
    ...(suspended
      ? [
          warning(
            'Everything is suspended',
            [suspensionText(suspended)],
            `holdfast resume --all${flags.server}`,
          ),
        ]
      : []),
    ...(currentPass?.overdue
      ? [warning('A pass does not end', [`It began at ${currentPass.startedAt}.`])]
      : []),
    ...(report?.incomplete ?? []).map(({ kind, error }) =>
      warning(`${kind} could not be listed to the end`, [
        error,
        'None of them is created, deleted, or called missing.',
      ]),
    ),
    ...notifications
      .filter(({ error, off }) => error !== null || off)
      .map(({ sink, error, pending, off }) =>
        warning(`${sink} ${off ? 'is switched off' : 'does not receive notifications'}`, [
          ...(error === null ? [] : [error]),
          `${pending} waiting.`,
        ]),
      ),
  ];
}

const warning = (title: string, lines: readonly string[], remedy?: string): Markup =>
  html`<section class="warning">
    <h2>${title}</h2>
    ${lines.map((line) => html`<p>${line}</p>`)} ${remedy === undefined ? '' : command(remedy)}
  </section>`;

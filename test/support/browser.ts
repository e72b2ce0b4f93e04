import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** Where Debian's package puts the browser. */
const executablePath = '/usr/bin/chromium';

/** Whether there is a browser; without one, its tests are skipped. */
export const hasBrowser = existsSync(executablePath);

if (!hasBrowser)
  console.warn('SKIPPED: tests in a browser, since Debian’s package chromium is not installed');

/** Starts a browser without a window. As root it cannot have its own sandbox. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--no-sandbox'] });

/** A page in a context of its own. Its disposal closes both. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors that scripts threw, what the content policy refused, and dialogs that opened. */
  readonly errors: readonly string[];
}

/** Opens an address. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('dialog', (dialog) => {
    errors.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  return { page, errors, [Symbol.asyncDispose]: () => context.close() };
}

/**
 * The violations of accessibility rules on a page, as text: the rule, and the elements that break it. `rules`: only
 * these rules.
 */
export async function violationsOn(
  page: Page,
  rules?: readonly string[],
): Promise<readonly string[]> {
  const axe = new AxeBuilder({ page });
  if (rules) axe.withRules([...rules]);
  const { violations } = await axe.analyze();
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
  );
}

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { hasBrowser, openPage, startBrowser, violationsOn } from '../support/browser.ts';
import { trouble, troubledChange, troubledConfig } from '../support/troubledTeam.ts';
import { place, type Place, type Running } from './holdfast.ts';

/** A daemon of the built program, with a simulated team. */
interface Served extends AsyncDisposable {
  readonly here: Place;
  readonly simulator: Simulator;
  readonly run: Running;
  readonly url: string;
}

async function served(files: Readonly<Record<string, string>>): Promise<Served> {
  const here = await place();
  const simulator = await startSimulator({ jobTime: 0 });
  await here.write(files);
  const target = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
  const run = here.start(['run'], target);
  const [, url = ''] = await run.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
  return {
    here,
    simulator,
    run,
    url,
    async [Symbol.asyncDispose]() {
      await here[Symbol.asyncDispose]();
      await simulator[Symbol.asyncDispose]();
    },
  };
}

/** The text of an element, with single spaces. */
const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).first().innerText()).replaceAll(/\s+/g, ' ');

let browser: Browser;
beforeAll(async () => {
  if (hasBrowser) browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
});

describe.skipIf(!hasBrowser)('the pages of a team with troubles', () => {
  let team: Served;

  beforeAll(async () => {
    team = await served(troubledConfig);
    await team.run.saw(/All in sync/);
    trouble(team.simulator);
    await team.here.write(troubledChange);
    // The pass after the one that failed.
    await team.run.saw(/failed since/);
  });

  afterAll(async () => {
    await team[Symbol.asyncDispose]();
  });

  test.each([
    '/',
    '/resources',
    '/resources?status=attention',
    '/resources/machines/worker-02',
    '/resources/startupScripts/refused',
    '/passes',
    '/graph',
    '/trends',
    '/calendar',
    '/money?by=machineType',
    '/waste',
    '/resources/machines/none',
  ])('%s fits the screen, and breaks no rule of accessibility', async (path) => {
    for (const width of [360, 1600]) {
      const viewport = { width, height: 800 };
      await using open = await openPage(browser, team.url + path, { viewport });
      const fits = 'document.documentElement.scrollWidth === document.documentElement.clientWidth';
      expect(await open.page.evaluate(fits), `${width} pixels`).toBe(true);
      expect(open.errors.filter((text) => !/404/.test(text))).toEqual([]);
      // On a narrow screen tables are blocks, so all rules are checked there; colours in both schemes.
      const rules = width === 360 ? undefined : ['color-contrast'];
      expect(await violationsOn(open.page, rules), 'light').toEqual([]);
      await open.page.emulateMedia({ colorScheme: 'dark' });
      expect(await violationsOn(open.page, ['color-contrast']), 'dark').toEqual([]);
    }
  });

  test('the overview begins with the verdict, and has the command for each need', async () => {
    await using open = await openPage(browser, `${team.url}/`, { javaScriptEnabled: false });
    expect(await textOf(open.page, 'h1')).toBe('1 failed, 3 others out of sync');
    const commands = await open.page.locator('.needs .command code').allInnerTexts();
    expect(commands).toEqual([
      'holdfast resume startupScripts/refused --server https://holdfast.example.com',
      'holdfast explain machines/worker-02',
      expect.stringMatching(/^holdfast approve \w{26} --server https:\/\/holdfast.example.com$/),
      'holdfast accept machines/observed',
    ]);
  });

  test('without scripts, every page is reached by links and forms', async () => {
    await using open = await openPage(browser, team.url, { javaScriptEnabled: false });
    const { page } = open;
    await page.getByRole('link', { name: 'Resources' }).click();
    await page.getByLabel('Status').selectOption('blocked');
    await page.getByRole('button', { name: 'Filter' }).click();
    expect(await page.locator('tbody tr').count()).toBe(2);
    await page.getByRole('link', { name: 'machines/worker-02' }).click();
    expect(await textOf(page, 'table')).toMatch(/machineType A4000 A5000/);
    expect(await textOf(page, '.timeline')).toMatch(/machines\/worker-02:create done in/);
    await page.getByRole('link', { name: 'pass', exact: true }).first().click();
    expect(await textOf(page, 'h1')).toBe('13 created');
    expect(await textOf(page, '.facts')).toMatch(
      /Observing [\d.]+ m?s Planning [\d.]+ m?s Applying/,
    );
    await page.getByRole('link', { name: 'Graph' }).click();
    await page.getByRole('link', { name: 'machines/worker-02, blocked' }).click();
    expect(await textOf(page, 'h1')).toBe('machines/worker-02');
    await page.getByRole('link', { name: 'Trends' }).click();
    expect(await textOf(page, 'table')).toMatch(/\d{4}-\d\d-\d\d (0 to )?4 /);
    await page.getByRole('link', { name: 'Calendar' }).click();
    expect(await textOf(page, 'main')).toMatch(/timetable (starts|stops) machines\/notebook-eu/);
    await page.goto(`${team.url}/resources/machines/none`);
    expect(await page.title()).toBe('Not found · Holdfast');
    expect(await textOf(page, 'header')).toBe('Holdfast');
  });

  test('labels are on the pages of their resources, and links to all that have them', async () => {
    await using open = await openPage(browser, `${team.url}/resources`);
    const { page } = open;
    await page.getByLabel('Label', { exact: true }).fill('owner=m*');
    await page.getByRole('button', { name: 'Filter' }).click();
    expect(await textOf(page, 'tbody')).toMatch(/machines\/observed owner=ml env=a & <b>/);
    expect(await page.locator('tbody tr').count()).toBe(1);
    expect(await page.getByLabel('Label', { exact: true }).inputValue()).toBe('owner=m*');
    await page.getByRole('link', { name: 'machines/observed' }).click();
    expect(await textOf(page, 'h1 + p')).toMatch(/since .* owner=ml env=a & <b>/);
    await page.getByRole('link', { name: 'env=a & <b>' }).click();
    expect(new URL(page.url()).searchParams.get('label')).toBe('env=a & <b>');
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.goto(`${team.url}/resources?label=owner`);
    expect(await textOf(page, 'main')).toContain('label must be a label and its value');
  });

  test.each([
    ['/resources?label=owner=ml', '"labels":{"owner":"ml","env":"a & <b>"}'],
    ['/resources?status=blocked&limit=1', '"total":2,"nextPage":"2"'],
    ['/passes', '"trigger":"start"'],
    ['/graph', '"from":"machines/notebook-eu","to":"privateNetworks/europe"'],
    ['/graph?kind=machines&q=none', '{"nodes":[],"edges":[]}'],
    ['/trends', '"schema":"holdfast/trends/v1"'],
    ['/calendar', '"resources":["machines/notebook-eu"]'],
    ['/money?by=owner', '"by":"owner"'],
    ['/waste', '"schema":"holdfast/waste/v1"'],
    ['/', '"schema":"holdfast/status/v1"'],
  ])('%s names the same data as JSON', async (path, part) => {
    await using open = await openPage(browser, team.url + path);
    const json = await open.page
      .locator('link[rel=alternate][type="application/json"]')
      .getAttribute('href');
    const answer = await fetch(new URL(json ?? '', team.url));
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.text()).toContain(part);
  });

  test('the keyboard reaches the content, the filters, and the command with its button', async () => {
    await using open = await openPage(browser, `${team.url}/`);
    const { page } = open;
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    const focused: unknown[] = [];
    for (let presses = 0; presses < 6; presses += 1) {
      await page.keyboard.press('Tab');
      focused.push(await page.evaluate('document.activeElement.textContent.trim()'));
    }
    expect(focused).toContain('startupScripts/refused');
    expect(focused).toContain('Copy');
  });
});

describe.skipIf(!hasBrowser)('a page that is open', () => {
  const networks = (...names: readonly string[]): string =>
    `privateNetworks:\n${names.map((name) => `  ${name}: { region: ny2 }\n`).join('')}`;
  const many = Array.from({ length: 60 }, (_, index) => `n${index}`);

  test('follows the passes, and keeps its place, its focus, and what was typed', async () => {
    await using team = await served({
      'config/holdfast.yaml': 'settings: { mode: enforce, schedule: null }\n',
      'config/team.yaml': networks(...many),
    });
    await team.run.saw(/All in sync/);
    const viewport = { width: 1000, height: 500 };
    await using open = await openPage(browser, `${team.url}/resources?kind=privateNetworks`, {
      viewport,
    });
    const { page } = open;
    await page.getByLabel('Name or reason').fill('half a wo');
    await page.evaluate('window.scrollTo(0, 400)');
    await team.here.write({ 'config/team.yaml': networks(...many, 'later') });
    await page.getByRole('link', { name: 'privateNetworks/later' }).waitFor();
    expect(await page.getByLabel('Name or reason').inputValue()).toBe('half a wo');
    expect(await page.evaluate('document.activeElement.name')).toBe('q');
    expect(await page.evaluate('window.scrollY')).toBe(400);
    expect(await page.getByLabel('Kind').inputValue()).toBe('privateNetworks');
    expect(open.errors).toEqual([]);
  });

  test('says so when it can no longer follow', async () => {
    await using team = await served({ 'config/team.yaml': networks('a') });
    await using open = await openPage(browser, team.url);
    team.run.kill('SIGKILL');
    await open.page.getByText('This page is not current').waitFor();
  });

  test('shows hostile names as text', async () => {
    const names = [
      '<img src=x onerror=alert(1)>',
      '"><script>alert(2)</script>',
      "javascript:alert('3')",
      'a/b?c=d#e&f',
    ];
    await using team = await served({
      'config/holdfast.yaml': 'settings: { mode: enforce, schedule: null }\n',
      'config/team.yaml': `startupScripts:\n${names.map((name) => `  ${JSON.stringify(name)}: { script: "true" }\n`).join('')}`,
    });
    await team.run.saw(/All in sync/);
    const [first] = team.simulator.world.startupScripts;
    if (first)
      team.simulator.world.startupScripts.insert({
        ...first,
        id: 'foreign',
        name: '\u202Egpj.exe',
      });
    await team.here.write({ 'config/more.yaml': 'privateNetworks: { a: { region: ny2 } }\n' });
    await team.run.saw(/1 unmanaged/);
    await using open = await openPage(browser, `${team.url}/resources?kind=startupScripts`);
    const { page } = open;
    const shown = await page.locator('a.address').allInnerTexts();
    expect(shown).toEqual([
      ...names.map((name) => `startupScripts/${name}`),
      String.raw`startupScripts/\u202egpj.exe`,
    ]);
    for (let index = 0; index < shown.length; index += 1) {
      await page.goto(`${team.url}/resources?kind=startupScripts`);
      await page.locator('a.address').nth(index).click();
      expect(await textOf(page, 'h1')).toBe(shown[index]);
    }
    await page.goto(`${team.url}/graph`);
    await page.goto(`${team.url}/resources?q=${encodeURIComponent('"><script>alert(4)</script>')}`);
    expect(await page.getByLabel('Name or reason').inputValue()).toBe(
      '"><script>alert(4)</script>',
    );
    expect(open.errors).toEqual([]);
  });

  test('pages 10,000 resources', async () => {
    await using team = await served({
      'config/holdfast.yaml': 'settings: { mode: observe, schedule: null }\n',
      'config/team.yaml': networks('"n-{00001..10000}"'),
    });
    await team.run.saw(/"msg":"pass ended"/);
    await using open = await openPage(browser, `${team.url}/resources`);
    const { page } = open;
    expect(await textOf(page, 'main')).toContain('1 to 100 of 10000 resources');
    await page.locator('a[rel=next]').click();
    expect(await page.locator('a.address').first().innerText()).toBe('privateNetworks/n-00101');
    expect(await page.locator('tbody tr').count()).toBe(100);
    await page.goto(`${team.url}/resources?q=n-09999`);
    expect(await page.locator('a.address').allInnerTexts()).toEqual(['privateNetworks/n-09999']);
    await page.goto(`${team.url}/graph`);
    expect(await textOf(page, 'main')).toContain('10,000 resources are too many to draw');
    await page.goto(team.url);
    expect(await textOf(page, 'h1')).toBe('10000 resources out of sync');
    expect((await page.content()).length).toBeLessThan(30_000);
  });
});

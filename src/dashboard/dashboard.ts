// The dashboard (INTERFACE 13). In: `DashboardData`. Out: pages, which `server/pages.ts` serves. `pages/` has a file
// for each page, `findings/` decides what it says, `parts/` and `elements/` are pieces of markup, `layout.ts` is the
// frame around them, and `assets/` are the files that it loads. Pages need no script; with one they follow the passes.

import { html } from '../report/html.ts';
import type { Page, Pages } from '../server/pages.ts';
import { loadAssets } from './assets.ts';
import type { DashboardData } from './data.ts';
import { documentOf } from './layout.ts';
import { calendar } from './pages/calendar.ts';
import { graph } from './pages/graph.ts';
import { money } from './pages/money.ts';
import { overview } from './pages/overview.ts';
import { pass } from './pages/pass.ts';
import { passes } from './pages/passes.ts';
import { resource } from './pages/resource.ts';
import { resources } from './pages/resources.ts';
import { trends } from './pages/trends.ts';
import { waste } from './pages/waste.ts';

type Render = (
  data: DashboardData,
  ...request: Parameters<Page['render']>
) => ReturnType<Page['render']>;

const pages: Readonly<Record<string, Render>> = {
  '/': overview,
  '/resources': resources,
  '/resources/:kind/:name': resource,
  '/passes': passes,
  '/passes/:pass': pass,
  '/graph': graph,
  '/trends': trends,
  '/calendar': calendar,
  '/money': money,
  '/waste': waste,
};

/** Makes the pages of the dashboard. Reads the files that they load. */
export const createDashboard = async (data: DashboardData): Promise<Pages> => ({
  pages: Object.entries(pages).map(([path, render]) => ({
    path,
    render: (request) => render(data, request),
  })),
  assets: await loadAssets(),
  failure: (title, message) =>
    documentOf({
      title,
      section: '',
      body: html`<h1>${title}</h1>
        <p>${message}</p>`,
    }),
});

// Keeps a page current: when a pass ends, it loads the page again and changes only what differs, so that focus, scroll
// position, open parts, and unsent filters stay.

import { Idiomorph } from './idiomorph.js';

const status = document.getElementById('live');

/** The path of the workspace, to which the link of the overview leads. */
const root = document.querySelector('nav a').pathname;

/** What stays as it is: filters that are not sent yet, and the buttons of this script. */
const kept = {
  beforeNodeMorphed: (node) => !(node instanceof HTMLFormElement),
  beforeNodeRemoved: (node) => !(node instanceof HTMLElement && node.dataset.script !== undefined),
};

let turn = 0;

/** Loads the page again, and changes what differs. Never rejects. */
async function refresh() {
  turn += 1;
  const own = turn;
  try {
    const response = await fetch(location.href, { headers: { accept: 'text/html' } });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const next = new DOMParser().parseFromString(await response.text(), 'text/html');
    if (own !== turn) return;
    Idiomorph.morph(document.querySelector('main'), next.querySelector('main').innerHTML, {
      morphStyle: 'innerHTML',
      ignoreActiveValue: true,
      callbacks: kept,
    });
    document.title = next.title;
    enhance();
    say('');
  } catch (error) {
    say(`This page is not current: ${error.message}.`);
  }
}

function say(text) {
  if (status.textContent !== text) status.textContent = text;
}

let events;

/** Listens while the page is visible: each listener keeps a connection open. */
function listen() {
  if (document.hidden) {
    events?.close();
    events = undefined;
    return;
  }
  if (events) return;
  events = new EventSource(`${root}api/v1/events`);
  events.addEventListener('pass', () => void refresh());
  // Passes may have ended since the page was loaded, or since the connection was lost.
  events.addEventListener('open', () => void refresh());
  events.addEventListener('error', () => say('This page is not current: there is no connection.'));
}

/** Adds a button to each command. */
function enhance() {
  for (const command of document.querySelectorAll('.command')) {
    if (command.querySelector('button') || !navigator.clipboard) continue;
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.script = '';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', `Copy: ${command.textContent}`);
    button.addEventListener('click', () => void copy(command, button));
    command.append(button);
  }
}

async function copy(command, button) {
  await navigator.clipboard.writeText(command.querySelector('code').textContent);
  button.textContent = 'Copied';
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 2000);
}

enhance();
listen();
document.addEventListener('visibilitychange', listen);
// Times such as `3 minutes ago` grow old, and a config that is not valid causes no pass.
setInterval(() => document.hidden || void refresh(), 60_000);

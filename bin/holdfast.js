#!/usr/bin/env node
// Plain JavaScript that any Node can parse: says what is wrong before a newer syntax or module does.
import { existsSync } from 'node:fs';

// Whoever may send this signal would open Node's debugger with it.
process.on('SIGUSR1', () => {});
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  console.error(`holdfast needs Node.js 24.15 or newer; this is ${process.version}.`);
  process.exit(1);
}
// In a checkout Node runs the sources as they are; the package holds what was built from them.
const sources = new URL('../src/main.ts', import.meta.url);
await import(existsSync(sources) ? sources.href : '../dist/main.js');

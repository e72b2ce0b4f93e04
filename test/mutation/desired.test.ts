/**
 * The tests of `src/desired` that its mutants meet, as one file: for each file Stryker starts a worker, which takes longer than
 * most of these tests do. What takes seconds by itself is not among them.
 */
await import('../unit/desiredWords.test.ts');
await import('../unit/desiredNames.test.ts');
await import('../unit/desiredExpand.test.ts');
await import('../unit/desiredMistakes.test.ts');
await import('../integration/desiredInvalid.test.ts');
await import('../integration/desiredForms.test.ts');
await import('../integration/desiredSettings.test.ts');
await import('../integration/desiredRevision.test.ts');
await import('../integration/desiredFiles.test.ts');
await import('../integration/badInput.test.ts');
await import('../integration/desiredAuthoring.test.ts');

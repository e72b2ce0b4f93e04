import { inject } from 'vitest';

// What opens a store in a test runs outside of vitest too (npm run chaos), so it asks the environment.
const url = inject('postgres');
if (url !== undefined) process.env['TEST_STORE_SERVER'] = url;

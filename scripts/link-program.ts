import { rm, symlink } from 'node:fs/promises';

// npm links the programs of dependencies, not the package's own. With this link `npx referral` in a checkout starts the
// checkout at once, on its own Node; without it npx builds the link in its cache first, as it still does on Windows.
if (process.platform !== 'win32') {
  await rm('node_modules/.bin/referral', { force: true });
  await symlink('../../bin/referral.js', 'node_modules/.bin/referral');
}

#!/usr/bin/env node
// Starts the CLI. The syntax is old on purpose: an old Node must get as far as the sentence below.
var version = process.versions.node.split('.').map(Number);
var isSupported = version[0] > 20 || (version[0] === 20 && version[1] >= 19);

if (isSupported) {
  import('node:module')
    .then((module) => {
      // Node 22 and later keep the compiled code for the next start.
      if (module.enableCompileCache) module.enableCompileCache();
      return import('../dist/cli.js');
    })
    .then((cli) => cli.start());
} else {
  console.error('create-msvc needs Node 20.19 or newer; this is Node ' + process.versions.node + '.');
  process.exitCode = 1;
}

#!/usr/bin/env node
// The command "holdfast" of the npm package. Old syntax: it has to be understood by the Node that it refuses.
var parts = process.versions.node.split('.').map(Number);
if (parts[0] < 22 || (parts[0] === 22 && parts[1] < 14)) {
  console.error('holdfast: this is Node ' + process.versions.node + '. Holdfast needs Node 22.14 or newer.');
  process.exit(1);
}
import('./out/main/holdfast.js').catch(function (error) {
  console.error('holdfast: ' + (error && error.message));
  process.exit(1);
});

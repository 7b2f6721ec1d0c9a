// Build every extension as the Shopify CLI does, and judge its size as the CLI does on deploy.
//
//   node extensions/shopify/build.mjs [folder]    writes {handle}.js, {handle}-conditions.js and manifest.json
//
// Source: the CLI's own recipe (services/extensions/bundle): one bundle for each target, entry on stdin.

import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {deflateSync} from 'node:zlib';

import {build} from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const EXTENSIONS = join(HERE, 'extensions');
const MOST_BYTES = 64_000; // compressed; the limit of the platform is 64 KB
const out = resolve(process.argv[2] || join(HERE, '..', '..', 'build', 'shopify'));

/** The few keys we write ourselves; every value is a quoted string on one line. */
function read(folder) {
  const text = readFileSync(join(EXTENSIONS, folder, 'shopify.extension.toml'), 'utf8');
  const [head, condition] = text.split('[extensions.targeting.should_render]');
  const value = (part, key) => (new RegExp(`^\\s*${key} = "([^"]+)"`, 'm').exec(part || '') || [])[1];
  return {
    handle: value(head, 'handle'), target: value(head, 'target'), module: value(head, 'module'),
    condition: value(condition, 'module'),
  };
}

async function bundle(folder, module, target, file) {
  const result = await build({
    stdin: {
      contents: `import run from '${module}'; shopify.extend('${target}', (...args) => run(...args));`,
      resolveDir: join(EXTENSIONS, folder),
      loader: 'tsx',
    },
    bundle: true,
    minify: true,
    target: 'es6',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: {'.esnext': 'ts', '.js': 'jsx'},
    legalComments: 'none',
    resolveExtensions: ['.tsx', '.ts', '.js', '.jsx', '.json', '.esnext', '.mjs', '.ejs'],
    define: {'process.env.NODE_ENV': '"production"'},
    write: false,
    logLevel: 'error',
  });
  const code = result.outputFiles[0].contents;
  const size = deflateSync(code).length;
  if (size > MOST_BYTES) throw new Error(`${file}: ${size} bytes compressed, at most ${MOST_BYTES} are allowed`);
  writeFileSync(join(out, file), code);
  return size;
}

rmSync(out, {recursive: true, force: true});
mkdirSync(out, {recursive: true});
const locales = Object.fromEntries(
  readdirSync(join(HERE, 'locales')).map((name) => [
    name.split('.')[0], JSON.parse(readFileSync(join(HERE, 'locales', name), 'utf8')),
  ]),
);
const manifest = [];
for (const folder of readdirSync(EXTENSIONS).sort()) {
  const {handle, target, module, condition} = read(folder);
  const entry = {handle, target, script: `${handle}.js`, size: await bundle(folder, module, target, `${handle}.js`)};
  if (condition) {
    entry.conditions = `${handle}-conditions.js`;
    await bundle(folder, condition, target.replace(/\.render$/, '.should-render'), entry.conditions);
  }
  manifest.push(entry);
}
writeFileSync(join(out, 'manifest.json'), JSON.stringify({extensions: manifest, locales}, null, 2));
for (const {handle, size} of manifest) process.stdout.write(`${handle}: ${size} bytes compressed\n`);

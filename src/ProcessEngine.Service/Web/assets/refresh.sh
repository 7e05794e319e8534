#!/usr/bin/env bash
# Copies what the pages use from npm (of ECharts only the parts named in echarts.mjs), at the versions of the lock file, to where it is committed. Needed only after a version was changed.
set -eu
cd "$(dirname "$0")"
root=../../../..
lib=../../wwwroot/lib
npm ci --ignore-scripts --no-audit --no-fund
rm -rf "$lib" && mkdir -p "$lib"
cp node_modules/@picocss/pico/css/pico.min.css "$lib/"
cp node_modules/@picocss/pico/LICENSE.md "$lib/pico.LICENSE.md"
cp node_modules/htmx.org/dist/htmx.min.js "$lib/"
cp node_modules/htmx.org/LICENSE "$lib/htmx.LICENSE.txt"
for subset in thai latin; do
  for weight in 400 700; do cp "node_modules/@fontsource/sarabun/files/sarabun-$subset-$weight-normal.woff2" "$lib/"; done
done
cp node_modules/@fontsource/sarabun/LICENSE "$lib/sarabun.LICENSE.txt"
# esbuild runs as the program that its package for this machine brings: nothing of npm is run while it is installed.
node_modules/@esbuild/*/bin/esbuild echarts.mjs --bundle --minify --format=iife --global-name=echarts --target=es2020 --legal-comments=none \
  --define:process.env.NODE_ENV='"production"' --outfile="$lib/echarts.min.js"
cp node_modules/echarts/LICENSE "$lib/echarts.LICENSE.txt"
cp node_modules/echarts/NOTICE "$lib/echarts.NOTICE.txt"
mkdir -p "$root/tests/ProcessEngine.EndToEnd.Tests/Data"
cp node_modules/axe-core/axe.min.js "$root/tests/ProcessEngine.EndToEnd.Tests/Data/"

# What a test compares with the lock file and with the files themselves.
node - "$lib" "$root/tests/ProcessEngine.EndToEnd.Tests/Data" <<'JS'
const [lib, data] = process.argv.slice(2);
const { readFileSync, readdirSync, writeFileSync } = require("fs");
const { createHash } = require("crypto");
const packages = JSON.parse(readFileSync("package-lock.json")).packages;
const version = name => packages["node_modules/" + name].version;
const hash = path => createHash("sha256").update(readFileSync(path)).digest("hex");
const list = (folder, owner) => Object.fromEntries(readdirSync(folder).filter(f => /\.(css|js|woff2)$/.test(f)).sort().map(f => [f, { from: owner(f), version: version(owner(f)), sha256: hash(folder + "/" + f) }]));
writeFileSync(lib + "/versions.json", JSON.stringify(list(lib, f => f.startsWith("pico") ? "@picocss/pico" : f.startsWith("htmx") ? "htmx.org" : f.startsWith("echarts") ? "echarts" : "@fontsource/sarabun"), null, 2) + "\n");
writeFileSync(data + "/versions.json", JSON.stringify(list(data, () => "axe-core"), null, 2) + "\n");
JS

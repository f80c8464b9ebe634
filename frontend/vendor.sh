#!/bin/sh
# Fetches what package-lock.json names (versions and hashes), and copies the files that
# the console serves. The result is committed: nobody needs node to run the console.
set -eu
cd "$(dirname "$0")"
npm ci --ignore-scripts --no-audit --no-fund
to=../callcenter/web/static/vendor
rm -rf "$to" && mkdir -p "$to"
from=node_modules
cp $from/htmx.org/dist/htmx.min.js $from/htmx.org/dist/ext/hx-sse.min.js "$to"
cp $from/uplot/dist/uPlot.iife.min.js $from/uplot/dist/uPlot.min.css "$to"
cp $from/wavesurfer.js/dist/wavesurfer.esm.js "$to"
cp $from/wavesurfer.js/dist/plugins/regions.esm.js "$to/wavesurfer-regions.esm.js"
for name in htmx.org uplot wavesurfer.js; do
  cp "$from/$name/LICENSE" "$to/LICENSE-$name.txt"
done
cd "$to" && sha256sum * > /tmp/callcenter-vendor.$$ && mv /tmp/callcenter-vendor.$$ SHA256SUMS

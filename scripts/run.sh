#!/bin/sh
# Opens the window; where there is no screen, plays the tour and says where its pictures are.
set -eu
cd "$(dirname "$0")/.."

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec .venv/bin/python -m app
fi
echo "No DISPLAY or WAYLAND_DISPLAY here, so no window: playing the tour offscreen into $PWD/tour/"
exec .venv/bin/python -m app tour --out tour/

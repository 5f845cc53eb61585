#!/bin/sh
# Print the path of Chromium, or say with which one command it is installed.
set -eu
for candidate in "${FILIERE_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Chromium.app/Contents/MacOS/Chromium" \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if [ -n "$candidate" ] && command -v "$candidate" 2>/dev/null; then
        exit 0
    fi
done
echo "The browser tests need Chromium, and it is not installed. Nothing was tested." >&2
if [ "$(uname)" = Darwin ]; then
    echo "Install it, then run the command again:   brew install --cask chromium" >&2
elif [ "$(id -u)" = 0 ]; then
    echo "Install it, then run the command again:   apt-get install chromium" >&2
else
    echo "Install it, then run the command again:   sudo apt-get install chromium" >&2
fi
exit 1

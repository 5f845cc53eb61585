#!/bin/sh
# Make the virtual environment and install the locked requirements: setup.sh base|dev.
# Does nothing, without network, when they are installed already.
set -eu
cd "$(dirname "$0")/.." && root=$(pwd -P)
kind=$1
venv=.venv
stamp=$venv/.installed-$kind

say() { printf '%s\n' "$*" >&2; }

fingerprint() { cksum < "requirements/$kind.txt"; }

works() { "$venv/bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# The environment's scripts carry absolute paths: a moved folder needs a new environment.
stands_here() { [ "$(cat "$venv/.folder" 2>/dev/null)" = "$root" ]; }

find_python() {
    without_venv=
    for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3.14 python3 python; do
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
        without_venv=$candidate
    done
    if [ -n "$without_venv" ]; then
        version=$("$without_venv" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        say "Python $version is here but cannot make a virtual environment: its venv package is missing."
        say "Install it, then run the command again:   apt-get install python$version-venv"
    else
        say "Filière needs Python 3.11 or newer, and none was found."
        say "Install it, then run the command again:   apt-get install python3 python3-venv   (macOS: brew install python@3.13)"
    fi
    exit 1
}

explain_failure() {
    log=$1
    if grep -q 'No space left on device' "$log"; then
        say "The disk is full: the packages could not be installed. Free about 1 GB, then run the command again."
    elif grep -qE 'NewConnectionError|ConnectTimeout|Temporary failure in name resolution|Name or service not known|Max retries exceeded|SSLError|ProxyError|Read timed out|Connection refused' "$log"; then
        say "The package index could not be reached. The first set-up needs the network (later ones do not):"
        say "check the connection, the proxy or pip's index settings, then run the command again."
    elif grep -q 'DO NOT MATCH THE HASHES' "$log"; then
        say "A package differs from the one this project was tested with. Do not force it: report it, with $log."
    elif grep -qE 'No matching distribution|Could not find a version' "$log"; then
        say "A package has no ready-made build for this computer:"
        grep -E 'No matching distribution' "$log" | tail -n 1 >&2
        say "Filière compiles nothing; it has builds for Linux (glibc 2.28 or newer) and macOS 11 or newer,"
        say "on x86-64 and ARM64, with Python 3.11 to 3.14."
    else
        say "The packages could not be installed; the whole story is in $log."
    fi
}

install() {
    log=$venv/setup.log
    rm -f "$log" "$stamp"
    say "Installing the packages of requirements/$kind.txt (first time only, about a minute) …"
    if ! "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --only-binary :all: \
        --require-hashes -r "requirements/$kind.txt" --log "$log" --quiet --progress-bar on; then
        explain_failure "$log"
        exit 1
    fi
}

write_command() {
    quoted=$(printf "%s" "$root" | sed "s/'/'\\\\''/g")
    {
        printf '#!/bin/sh\n'
        printf '# Made by scripts/setup.sh: the filiere command of this folder.\n'
        printf "PYTHONPATH='%s'\${PYTHONPATH:+:\$PYTHONPATH}\nexport PYTHONPATH\n" "$quoted"
        printf "exec '%s/.venv/bin/python' -m config.command_line \"\$@\"\n" "$quoted"
    } > "$venv/bin/filiere"
    chmod 755 "$venv/bin/filiere"
}

if ! works || ! stands_here; then
    python=$(find_python)
    say "Making the virtual environment with $($python --version) …"
    "$python" -m venv --clear "$venv"
    printf "%s" "$root" > "$venv/.folder"
fi
if [ "$(cat "$stamp" 2>/dev/null)" != "$(fingerprint)" ]; then
    install
    fingerprint > "$stamp"
fi
[ -x "$venv/bin/filiere" ] || write_command
"$venv/bin/python" scripts/translations.py compile

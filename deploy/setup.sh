#!/bin/sh
# A virtual environment with exactly what a lock names: deploy/setup.sh VENV LOCK...
#
# Installs the last LOCK, which contains the others, without resolving anything: a newer release never changes the
# result. Does nothing where VENV already holds these locks. Otherwise VENV is built anew; when that fails or is
# interrupted, the previous one, if any, is put back. PYTHON is the interpreter to use (python3).
set -eu
[ $# -ge 2 ] || { echo "usage: deploy/setup.sh VENV LOCK..." >&2; exit 64; }
case $1 in /*) venv=$1 ;; *) venv=$(pwd -P)/$1 ;; esac
shift
for lock; do :; done

# Behind any virtual environment that happens to be active: it may be the one to be replaced.
identify='import os, sys; print(os.path.realpath(sys.executable)) if sys.version_info >= (3, 11) else sys.exit(1)'
interpreter=$("${PYTHON:-python3}" -c "$identify" 2>/dev/null) || {
    echo "Nazh Engine needs Python 3.11 or newer; '${PYTHON:-python3}' is not. Name one: PYTHON=/path/to/python3" >&2
    exit 78
}

is_current() {
    for held; do cmp -s "$held" "$venv/locks/${held##*/}" || return 1; done
    # Scripts in a checkout that was moved cannot start.
    grep -qF -- "$venv" "$venv/pyvenv.cfg" && [ "$("$venv/bin/python" -c "$identify" 2>/dev/null)" = "$interpreter" ]
}

put_back() {
    rm -rf "$venv"
    if [ -e "$venv.previous" ]; then mv "$venv.previous" "$venv"; fi
}

finish() {
    status=$?
    if [ "$status" != 0 ]; then
        put_back
        [ "$status" -ge 128 ] && what="was interrupted" || what="failed (the reason is above)"
        [ -e "$venv" ] && left="The previous $venv is back." || left="Nothing was left behind."
        printf '%s\n' "" "Set-up $what while $doing." "$advice" "$left" >&2
    fi
    exit "$status"
}

# Left by a set-up that was killed outright.
[ ! -e "$venv.previous" ] || put_back
is_current "$@" && exit 0

doing="creating $venv with $interpreter"
advice="On Debian or Ubuntu: apt-get install python3-venv. Elsewhere: check that there is space left on the disk."
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
if [ -e "$venv" ] || [ -L "$venv" ]; then mv "$venv" "$venv.previous"; fi
mkdir -p "$(dirname "$venv")"
"$interpreter" -m venv "$venv"

doing="installing $lock into $venv"
advice="Check the network (pip reads HTTPS_PROXY and PIP_INDEX_URL) and the space on the disk, then try again."
echo "Installing $lock into $venv (once) ..."
# Not compiled: only what is imported ever is, which saves 40 MB and half of the time.
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-compile --no-deps --require-hashes --only-binary :all: -r "$lock"

doing="checking what $lock installed"
advice="The lock is not complete for this Python: please report it with the lines above."
"$venv/bin/python" -m pip check -q --disable-pip-version-check

mkdir "$venv/locks"
cp -- "$@" "$venv/locks/"
rm -rf "$venv.previous"

#!/bin/sh
# Makes .venv, installs the locked packages, and installs the system libraries that Qt loads.
# For development also PostgreSQL's server, if apt may be run: without it the tests on it are skipped.
#
# usage: scripts/setup.sh [--dev]
#
# Run it as often as you like: with nothing to do it is done at once. It runs apt only as root or
# where sudo asks for no password; elsewhere it prints the one line to paste and exits with 1.
set -eu
cd "$(dirname "$0")/.."

lock=requirements.lock
[ "${1:-}" != --dev ] || lock=requirements-dev.lock
no_postgresql=.venv/.callbench-no-postgresql

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

has_screen() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; }

# Prints the first Python >= 3.11 that can make a virtual environment, else the first one at all:
# Debian packs `ensurepip` apart.
find_python() {
    for modules in ensurepip sys; do
        for name in python3.13 python3.12 python3.11 python3; do
            if "$name" -c "import sys, $modules; sys.exit(sys.version_info < (3, 11))" 2>/dev/null
            then
                say "$name"
                return
            fi
        done
    done
}

# Prints the packages of the libraries that the dynamic linker does not know.
missing_packages() {
    [ -x /sbin/ldconfig ] || return 0
    known=$(/sbin/ldconfig -p)
    grep -v '^#' resources/system-libraries.txt | while read -r library package only; do
        if [ "$only" = screen ] && ! has_screen; then continue; fi
        case "$known" in *"$library "*) ;; *) say "$package" ;; esac
    done
}

# Installs Debian packages, or says which line to paste.
apt_install() {
    command -v apt-get >/dev/null || fail "Install with your system's package manager:" "$@"
    if [ "$(id -u)" = 0 ]; then
        sudo=
    elif sudo -n true 2>/dev/null; then
        sudo='sudo -n'
    else
        fail "System packages are missing. Paste this line, then run the command again:
sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
    fi
    say "Installing system packages: $*"
    $sudo apt-get -qq update
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" \
        >/dev/null
}

has_postgresql() {
    command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

# Installs PostgreSQL's programs for the tests, which start a server of their own: no cluster is
# made, no service runs, and what later installations do stays as it was.
install_postgresql() (
    conf=/etc/postgresql-common/createcluster.conf
    apt_install postgresql-common || exit
    if grep -q '^ *create_main_cluster' "$conf"; then
        apt_install postgresql
    else
        printf '%s\n' 'create_main_cluster = false # callbench' | $sudo tee -a "$conf" >/dev/null
        trap '$sudo sed -i "/# callbench\$/d" "$conf"' EXIT INT TERM
        apt_install postgresql
    fi
)

# A .venv whose Python is gone or too old (after a system upgrade, say) counts as none.
if .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=.venv/bin/python
    missing=$(missing_packages)
else
    python=$(find_python)
    [ -n "$python" ] || fail "Callbench needs Python 3.11 or later; this machine has" \
        "$(python3 --version 2>/dev/null || say 'no Python'). On Ubuntu 22.04:" \
        "sudo apt-get install -y python3.11 python3.11-venv"
    missing=$(missing_packages)
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        missing="$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
$missing"
    fi
fi
# shellcheck disable=SC2086  # one word per package
[ -z "$missing" ] || apt_install $missing
if [ "$python" != .venv/bin/python ]; then
    say "Making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
    python=.venv/bin/python
fi

# The stamp names all that the packages in .venv depend on.
stamp=.venv/.callbench-$lock
wanted="$(sha256sum <"$lock") $($python --version) $PWD"
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    say "Installing the packages of $lock"
    $python -m pip --quiet --disable-pip-version-check install --require-hashes -r "$lock"
    # The checkout is run in place: .venv finds its packages, and has the command `callbench`.
    $python -c '
import pathlib, sys, sysconfig
pathlib.Path(sysconfig.get_path("purelib"), "callbench.pth").write_text(sys.argv[1] + "\n")'  "$PWD"
    printf '#!/bin/sh\nexec "%s/.venv/bin/python" -m app "$@"\n' "$PWD" >.venv/bin/callbench
    chmod +x .venv/bin/callbench
    say "$wanted" >"$stamp"
fi

# Tried once in a .venv: a machine that cannot reach Debian would wait for it at each run.
if [ "$lock" = requirements-dev.lock ] && [ ! -e "$no_postgresql" ] && ! has_postgresql; then
    if command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
        install_postgresql || :
    fi
    if ! has_postgresql; then
        say "Without PostgreSQL's server its tests are skipped: sudo apt-get install -y postgresql"
        touch "$no_postgresql"
    fi
fi

# The last word is the linker's: is there still a library that Qt asks for and does not get?
qt=$(echo .venv/lib/python3.*/site-packages/PySide6)
set -- "$qt"/QtWidgets.abi3.so "$qt"/QtNetwork.abi3.so "$qt"/Qt/plugins/platforms/libqoffscreen.so
if has_screen; then set -- "$@" "$qt"/Qt/plugins/platforms/libqxcb.so; fi
absent=$(ldd "$@" | sed -n 's/^[[:space:]]*\(.*\) => not found/\1/p' | sort -u | tr '\n' ' ')
[ -z "$absent" ] || fail "Qt still lacks these libraries: $absent
Find their packages with 'apt-file search NAME' and install them."

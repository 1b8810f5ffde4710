# Read by ./run and ./test: brings a machine to where Bezpeka can start. POSIX sh; changes only what is missing.
# Expects $root, the checkout.

# One sentence in the reader's language: say UKRAINIAN ENGLISH
say() {
    case "${LC_ALL:-${LANG:-}}" in en*) printf '%s\n' "$2" ;; *) printf '%s\n' "$1" ;; esac
}

fail() {
    say "$1" "$2" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; return; fi
    command -v sudo >/dev/null || fail \
        "Треба встановити пакунки, а програми sudo немає. Запустіть від root: $*" \
        "Packages have to be installed, and there is no sudo. Run as root: $*"
    sudo "$@"
}

# A PostGIS of any installed PostgreSQL: Debian's folders, then Homebrew's.
has_postgis() {
    ls /usr/share/postgresql/*/extension/postgis.control /opt/homebrew/share/postgresql*/extension/postgis.control \
        /usr/local/share/postgresql*/extension/postgis.control 2>/dev/null | grep -q .
}

# The first Python of at least 3.11 that can make virtual environments.
find_python() {
    for python in python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            return 0
        fi
    done
    return 1
}

# Install distribution packages: need PACKAGE...
need() {
    command -v apt-get >/dev/null || fail \
        "Бракує: $*. Тут немає apt; встановіть PostgreSQL з PostGIS і Python 3.11 (macOS: brew install postgis python)." \
        "Missing: $*. There is no apt here; install PostgreSQL with PostGIS and Python 3.11 (macOS: brew install postgis python)."
    say "Встановлюю: $*" "Installing: $*"
    # The database is a private one: no second server shall appear beside it. Only new servers ask this file.
    conf=/etc/postgresql-common/createcluster.conf
    if ! grep -qs '^create_main_cluster' "$conf"; then
        as_root mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' | as_root tee -a "$conf" >/dev/null
    fi
    as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 \
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null || fail \
        "apt не зміг встановити: $*. Перевірте мережу й джерела пакунків (/etc/apt), потім запустіть ще раз." \
        "apt could not install: $*. Check the network and the package sources (/etc/apt), then run this again."
}

# What the software needs from the distribution, and what the caller adds: packages [PACKAGE...]
packages() {
    has_postgis || set -- postgresql-postgis "$@"
    find_python || set -- python3 python3-venv "$@"
    [ $# = 0 ] || need "$@"
    has_postgis || fail "PostGIS не знайдено й після встановлення postgresql-postgis." \
        "PostGIS is not there even after postgresql-postgis was installed."
    find_python || fail "Потрібен Python 3.11 або новіший; тут $(python3 -V 2>&1)." \
        "Python 3.11 or newer is needed; this is $(python3 -V 2>&1)."
}

# The virtual environment with pinned dependencies, laid anew when the lock changed: environment LOCK
environment() {
    [ -x "$root/.venv/bin/python" ] && "$root/.venv/bin/python" -c '' 2>/dev/null || "$python" -m venv --clear "$root/.venv"
    cmp -s "$root/$1" "$root/.venv/$1" && return
    say "Встановлюю бібліотеки Python ($1)…" "Installing Python libraries ($1)…"
    pip="$root/.venv/bin/python -m pip install --quiet --disable-pip-version-check"
    $pip --require-hashes -r "$root/$1" && $pip --no-deps --no-build-isolation -e "$root" || fail \
        "Не вдалося встановити бібліотеки Python. Перевірте мережу й запустіть ще раз." \
        "The Python libraries could not be installed. Check the network and run this again."
    cp "$root/$1" "$root/.venv/$1"
}

#!/bin/sh
# What `make` needs of the system and pip cannot bring: a Python >= 3.11 that can make a venv, and
# libcurl4, which the mongod from PyPI links to. Installs what lacks where it may, else prints the
# one line to type.
#
#   bootstrap.sh            make sure; silent when nothing lacks
#   bootstrap.sh --python   print the Python to make .venv with
#   bootstrap.sh --lacking  print the Debian packages that lack, change nothing
#   bootstrap.sh --doctor   say what is there and what is missing, change nothing
#
# PYTHON names an interpreter to prefer. MONGODB_URI set, or a mongod on PATH: libcurl4 is not needed.
set -eu
cd "$(dirname "$0")/.."

recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
makes_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

# The first that is recent and makes a venv; else the first that is recent; else nothing.
python() {
    second=
    for candidate in ${PYTHON:-} python3 python3.11 python3.12 python3.13 python3.14; do
        path=$(command -v "$candidate" 2>/dev/null) && recent "$path" || continue
        makes_venv "$path" && { echo "$path"; return; }
        second=${second:-$path}
    done
    echo "$second"
}

has_libcurl() {
    for file in /usr/lib/libcurl.so.4 /usr/lib/*/libcurl.so.4 /lib/*/libcurl.so.4 \
        /usr/lib64/libcurl.so.4 /usr/local/lib/libcurl.so.4; do
        [ -e "$file" ] && return 0
    done
    return 1
}

lacking() {
    if [ ! -x .venv/bin/python ]; then
        found=$(python)
        if [ -z "$found" ]; then
            # Ubuntu 22.04 has 3.10 as python3 and 3.11 beside it.
            case $(. /etc/os-release 2>/dev/null; echo "${VERSION_ID:-}") in
                22.04) echo python3.11 python3.11-venv ;;
                *) echo python3 python3-venv ;;
            esac
        elif ! makes_venv "$found"; then
            "$found" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])'
        fi
    fi
    [ -n "${MONGODB_URI:-}" ] || command -v mongod >/dev/null || has_libcurl || echo libcurl4
}

install() {
    sudo=
    [ "$(id -u)" = 0 ] || sudo="sudo -n"
    if ! command -v apt-get >/dev/null || { [ -n "$sudo" ] && ! $sudo true 2>/dev/null; }; then
        return 1
    fi
    echo "steward: installing $*" >&2
    log=$(mktemp)
    apt="$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=120"
    # A fresh machine has no package lists, an old one has stale ones.
    if $apt install --no-install-recommends "$@" >"$log" 2>&1 ||
        { $apt update >"$log" 2>&1 && $apt install --no-install-recommends "$@" >>"$log" 2>&1; }
    then
        rm -f "$log"
        return 0
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
    return 1
}

case ${1:-} in
    --python) python ;;
    --lacking) lacking ;;
    --doctor)
        python=.venv/bin/python
        [ -x "$python" ] || python=$(python)
        if [ -z "$python" ]; then
            echo "MISSING  python: none >= 3.11 on PATH; apt-get install$(lacking | xargs printf ' %s')"
            exit 1
        fi
        LACKING=$(lacking | xargs) exec "$python" -m deploy.doctor
        ;;
    *)
        packages=$(lacking)
        [ -n "$packages" ] || exit 0
        # shellcheck disable=SC2086
        install $packages || true
        packages=$(lacking | xargs)
        [ -n "$packages" ] || exit 0
        echo "steward: this machine lacks something; type:" >&2
        echo "  sudo apt-get update && sudo apt-get install -y $packages" >&2
        exit 1
        ;;
esac

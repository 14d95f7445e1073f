#!/usr/bin/env bash
# How long it takes a stranger: from `git clone` to a first booking by SQL of their own.
#
#     tools/newcomer.sh [REPOSITORY]
#
# It types what docs/tutorial.md says, up to "A booking, and one too many", in a fresh clone, with a
# home directory, a virtual environment and a PostgreSQL that are made for it and go when it is over.
set -euo pipefail

repository=$(realpath "${1:-$(dirname "$0")/..}")
if [ -z "${NEWCOMER_HOME:-}" ]; then # begin again as somebody who has nothing
  home=$(mktemp -d)
  trap 'rm -rf "$home"' EXIT
  mapfile -t pip < <(env | grep '^PIP_' || true) # how pip reaches its index is the machine's affair
  env -i HOME="$home" NEWCOMER_HOME="$home" PATH="$PATH" LANG=C.UTF-8 "${pip[@]}" \
    bash "$(realpath "$0")" "$repository"
  exit
fi

step() { printf '%4d s  %s\n' "$SECONDS" "$1"; }
block() { awk -v n="$1" '/^```sql/ { i++; inside = i == n; next } /^```/ { inside = 0 } inside' \
  docs/tutorial.md; }

cd "$NEWCOMER_HOME"
SECONDS=0
git clone --quiet "$repository" bookingdb
cd bookingdb
step 'cloned'

python3 -m venv .venv
. .venv/bin/activate
pip install --quiet --disable-pip-version-check '.[cli]' 2> pip.log || { cat pip.log; exit 1; }
step 'installed'

bookingdb up shop-data > up.out 2> up.log &
server=$!
trap 'kill $server; wait $server' EXIT
until [ -s up.out ]; do
  kill -0 $server 2> /dev/null || { cat up.log; exit 1; }
  sleep 0.2
done
export BOOKINGDB_DSN=$(head -n 1 up.out)
step 'PostgreSQL is up, with the schema'

for one in 1 2 3; do block $one; done | bookingdb psql
step 'a shop, its slots, a booking'

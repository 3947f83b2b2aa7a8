#!/usr/bin/env bash
# The whole suite, on SQLite and then on PostgreSQL. Arguments go to pytest; ZHIQIAO_TEST_DATABASES chooses.
set -euo pipefail
cd "$(dirname "$0")/.."
venv="${ZHIQIAO_VENV:-.venv}"
# The tests start the program many times; compiled files that are kept make every start quicker.
unset PYTHONDONTWRITEBYTECODE
status=0
for database in ${ZHIQIAO_TEST_DATABASES:-sqlite postgresql}; do
  echo "== the suite on $database"
  marks="not soak"
  # What does not touch a database is tested once.
  folders="tests"
  if [ "$database" = postgresql ]; then
    folders="$(ls -d tests/*/ | grep -vE '/(kernel|engine|exchange|sample|cluster|__pycache__)/$' | tr '\n' ' ')"
  fi
  ZHIQIAO_TEST_DATABASE="$database" "$venv/bin/python" -m pytest -n "${ZHIQIAO_TEST_WORKERS:-auto}" \
    --dist worksteal -m "$marks" $folders "$@" || status=$?
done
exit "$status"

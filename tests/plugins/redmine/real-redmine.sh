#!/usr/bin/env bash
# A real Redmine (Debian's package, SQLite, puma) on loopback, REST on, with an administrator's key and nothing in it.
#
#   real-redmine.sh up      install what is missing (root, apt), make the instance, start it, print "BASE KEY"
#   real-redmine.sh stop    stop the server that `up` started
#   real-redmine.sh reset   stop, forget the instance (packages stay), up
#
# Environment: REDMINE_DATA (folder of the instance), REDMINE_PORT (3999).
set -euo pipefail
DATA="${REDMINE_DATA:-${TMPDIR:-/tmp}/sightline-redmine}" PORT="${REDMINE_PORT:-3999}"
BASE="http://127.0.0.1:$PORT" PID="$DATA/server.pid" INSTANCE=sightline ROOT=/usr/share/redmine
export REDMINE_INSTANCE=$INSTANCE RAILS_ENV=production REDMINE_LANG=en SCHEMA=/dev/null LANG=C.UTF-8 LC_ALL=C.UTF-8

say() { printf '%s\n' "$*" >&2; }
logged() { local log="$DATA/log/$1.log"; shift; "$@" >"$log" 2>&1 || { tail -30 "$log" >&2; exit 1; }; }
alive() { [ -f "$PID" ] && kill -0 "$(cat "$PID")" 2>/dev/null; }
answers() { curl -fsS -o /dev/null -H "X-Redmine-API-Key: $(cat "$DATA/key")" "$BASE/users/current.json" 2>/dev/null; }

install_packages() {
  dpkg-query -W -f='${Status}\n' redmine redmine-sqlite puma 2>/dev/null | grep -c 'ok installed' | grep -qx 3 && return
  export DEBIAN_FRONTEND=noninteractive
  logged apt-update apt-get update -qq
  # dbconfig-no-thanks: the package makes no database of its own and asks nothing; the instance below is ours alone.
  apt-get install -y -qq --no-install-recommends redmine redmine-sqlite dbconfig-no-thanks puma ruby-webrick curl \
    >"$DATA/log/apt-install.log" 2>&1 || { gem_folders; logged dpkg-configure dpkg --configure -a; }
  say "packages installed"
}

# The bundler of Ruby 3.1.7 (Debian 12, security) takes a gem without a folder of its own for missing, and Debian's gems
# that live in vendor_ruby have none: the package then cannot be configured. Empty folders are enough.
gem_folders() {
  local spec
  for spec in /usr/share/rubygems-integration/*/specifications/*.gemspec /usr/lib/*/rubygems-integration/*/specifications/*.gemspec; do
    mkdir -p "$(dirname "$(dirname "$spec")")/gems/$(basename "$spec" .gemspec)"
  done
}

make_instance() {
  mkdir -p "$DATA"/{config,files,public/plugin_assets,tmp/cache}
  local instances; instances="$(readlink -f $ROOT/instances)"
  mkdir -p "$instances" && ln -sfnT "$DATA" "$instances/$INSTANCE"
  printf 'production:\n  adapter: sqlite3\n  database: %s/redmine.sqlite3\n  encoding: utf8\n  timeout: 10000\n' "$DATA" >"$DATA/config/database.yml"
  ruby -rsecurerandom -e 'puts SecureRandom.hex(32)' >"$DATA/config/secret_key.txt"
  (umask 077 && ruby -rsecurerandom -e 'print SecureRandom.hex(20)' >"$DATA/key")
  cd $ROOT
  # Two processes on purpose: chained in one, the models keep a stale column cache, and rake still exits with 0.
  logged migrate bundle exec rake db:migrate
  logged defaults bundle exec rake redmine:load_default_data
  grep -q 'Default configuration data loaded' "$DATA/log/defaults.log" || { tail -30 "$DATA/log/defaults.log" >&2; exit 1; }
  KEY="$(cat "$DATA/key")" logged key bundle exec ruby bin/rails runner '
    Setting.rest_api_enabled = "1"; Setting.host_name = "127.0.0.1"; Setting.notified_events = []
    admin = User.find_by_login("admin"); admin.must_change_passwd = false; admin.save!(validate: false)
    Token.where(user_id: admin.id, action: "api").delete_all
    Token.create!(user: admin, action: "api").update_column(:value, ENV["KEY"])'
  touch "$DATA/ready"
  say "instance made"
}

start() {
  if alive && answers; then return; fi
  cd $ROOT
  # puma is not in Redmine's Gemfile: run Debian's own, it loads config.ru.
  setsid nohup /usr/bin/puma -b "tcp://127.0.0.1:$PORT" -e production -t 2:5 -w 0 --dir $ROOT $ROOT/config.ru >"$DATA/log/server.log" 2>&1 </dev/null &
  echo $! >"$PID"
  for _ in $(seq 240); do
    if answers; then say "Redmine answers on $BASE (pid $(cat "$PID"))"; return; fi
    alive || break
    sleep 0.25
  done
  tail -30 "$DATA/log/server.log" >&2; exit 1
}

stop() {
  if alive; then
    local pid; pid=$(cat "$PID"); kill "$pid"
    for _ in $(seq 40); do kill -0 "$pid" 2>/dev/null || break; sleep 0.25; done
    say "stopped (pid $pid)"
  fi
  rm -f "$PID"
}

case "${1:-up}" in
  up) mkdir -p "$DATA/log"; install_packages; [ -f "$DATA/ready" ] || make_instance; start; echo "$BASE $(cat "$DATA/key")" ;;
  stop) stop ;;
  reset) stop; rm -rf "$DATA"; exec "$0" up ;;
  *) say "usage: $0 up|stop|reset"; exit 64 ;;
esac

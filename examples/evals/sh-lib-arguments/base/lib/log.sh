# Logging for the scripts; to be sourced.

log_file=${LOG_FILE:-/dev/stderr}

# log LEVEL TEXT
log() {
  local level=$1 text=$2
  printf '%s %s\n' "$level" "$text" >>"$log_file"
}

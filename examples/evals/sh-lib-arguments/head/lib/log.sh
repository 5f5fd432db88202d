# Logging for the scripts; to be sourced.

log_file=${LOG_FILE:-/dev/stderr}

declare -A log_levels=([DEBUG]=0 [INFO]=1 [WARN]=2 [ERROR]=3)
log_threshold=${LOG_LEVEL:-INFO}

# log LEVEL COMPONENT [TEXT]
# Writes a line unless the level is below LOG_LEVEL. Line ends in the text become spaces: one call is one line.
log() {
  local level=$1 component=$2 text=${3:-}
  if ((${log_levels[$level]:-1} < ${log_levels[$log_threshold]:-1})); then
    return 0
  fi
  printf '%s [%s] %s\n' "$level" "$component" "${text//$'\n'/ }" >>"$log_file"
}

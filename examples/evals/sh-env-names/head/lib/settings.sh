# Settings of the mirror; to be sourced. They come from the file MIRROR_CONF (lines NAME=value, # for comments), the
# environment goes before it. The file is read, not run.

read_settings() {
  local file=${MIRROR_CONF:-/etc/mirror.conf} line name value
  [[ -f $file ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    [[ -z $line || $line == \#* ]] && continue
    name=${line%%=*}
    value=${line#*=}
    case $name in
      MIRROR_DIR | MIRROR_URL | MIRROR_LIMIT_KBPS | MIRROR_DAYS)
        [[ -n ${!name:-} ]] || printf -v "$name" '%s' "$value"
        ;;
      *)
        echo "$file: no setting $name" >&2
        return 1
        ;;
    esac
  done <"$file"
}

#!/bin/sh
set -e
export AWS_ACCESS_KEY_ID=@@AWS-KEY@@
